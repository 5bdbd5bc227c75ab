//! Two schools work together: begun, asked, answered, handed over, left.

use crate::Story;

#[tokio::test]
async fn a_cluster_is_begun_and_a_place_comes_in_only_by_its_own_yes() {
    let story = Story::begin().await;
    story.city.leader("Tom Brearley", "Thornbeck").await;
    story.city.leader("Kim Lee", "Kirkfold").await;
    let mut tom = story.signed_in("Tom Brearley").await;
    let mut kim = story.signed_in("Kim Lee").await;
    tom.get("/places/thornbeck/clusters")
        .await
        .is(200)
        .says(&["is in no cluster yet", "Begin one"]);
    tom.send(
        "/places/thornbeck/clusters",
        &[("name", "Riverside Schools")],
    )
    .await
    .is(422)
    .says(&["Enter what the cluster is here for"]);
    let fields = [
        ("name", "Riverside Schools"),
        ("purpose", "Reading on both banks of the river."),
    ];
    let cluster = tom.send("/places/thornbeck/clusters", &fields).await;
    cluster
        .is(200)
        .says(&["Riverside Schools", "Thornbeck Primary School"]);
    assert_eq!(cluster.path, "/clusters/riverside-schools");
    let invite = "/places/thornbeck/clusters/riverside-schools/invite";
    tom.send(invite, &[("invited", "Hogwarts")])
        .await
        .is(422)
        .says(&["No place here is called “Hogwarts”."]);
    tom.send(invite, &[("invited", "Primary School")])
        .await
        .is(422)
        .says(&["2 places are called something like that.", "(kirkfold)"]);
    tom.send(invite, &[("invited", "Kirkfold")])
        .await
        .is(200)
        .says(&["Asked, and not answered yet: Kirkfold Primary School."]);
    let public = story.stranger().get("/clusters/riverside-schools").await;
    assert!(
        !public.is(200).words().contains("Kirkfold"),
        "asked is nobody else’s business"
    );

    kim.get("/places/kirkfold/clusters")
        .await
        .is(200)
        .says(&["We were asked in", "Reading on both banks"]);
    let answer = "/places/kirkfold/clusters/riverside-schools/answer";
    kim.send(answer, &[("answer", "join")]).await.is(200);
    kim.send(answer, &[("answer", "join")]).await.is(409);
    story
        .stranger()
        .get("/clusters/riverside-schools")
        .await
        .says(&["Kirkfold Primary School"]);
    story
        .stranger()
        .get("/places/kirkfold")
        .await
        .says(&["In Riverside Schools"]);

    // Who runs it can't just go; who does not run it changes nothing.
    tom.get("/clusters/riverside-schools").await.is(200);
    tom.send(
        "/places/thornbeck/clusters/riverside-schools/answer",
        &[("answer", "leave")],
    )
    .await
    .is(409)
    .says(&["Hand it to another place first"]);
    let theirs = "/places/kirkfold/clusters/riverside-schools/change";
    kim.send(theirs, &fields).await.is(403);
    tom.get("/clusters/riverside-schools").await.is(200);
    tom.send(
        "/places/thornbeck/clusters/riverside-schools/hand-over",
        &[("to", "kirkfold")],
    )
    .await
    .is(200)
    .says(&["Run by Kirkfold Primary School"]);
    tom.get("/places/thornbeck/clusters").await.is(200);
    tom.send(
        "/places/thornbeck/clusters/riverside-schools/answer",
        &[("answer", "leave")],
    )
    .await
    .is(200)
    .says(&["is in no cluster yet"]);
    let log = network::governance::audit::entries(&story.city, story.city.lead(), None, None, 4)
        .await
        .unwrap();
    let said: Vec<&str> = log.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(
        said,
        [
            "left a cluster",
            "handed a cluster over",
            "came into a cluster",
            "asked a place into a cluster"
        ]
    );
}
