//! What we make of a file before anybody has said what its columns are.

use difference_tables::{Confidence, Guess, Role, guess, worth_a_look};

use crate::upload;

fn guessed(csv: &str) -> Guess {
    let table = upload(csv).unwrap();
    guess(&table, &table.profile().unwrap()).unwrap()
}

const YEAR_4: &str = "\
upn,class,group,sept_score,july_score,pp
Z999200001001,4TB,reading,96,104,no
N999200001002,4TB,usual,101,103,no
C999200001003,4TB,reading,93,99,yes
R999200001004,4KH,usual,98,abs,yes
F999200001005,4KH,reading,102,108,no
V999200001006,4KH,usual,99,ill,no
J999200001007,4KH,usual,99,105,no
Y999200001008,4TB,usual,97,1050,no
M999200001009,4TB,usual,99,101,yes
Y999200001010,4TB,usual,95,100,yes
";

#[test]
fn the_roles_of_a_trial_are_found_with_their_reasons() {
    let guess = guessed(YEAR_4);
    let roles: Vec<_> = guess.columns.iter().map(|g| g.role).collect();
    assert_eq!(
        roles,
        [
            Role::LeaveOut,
            Role::Block,
            Role::Treatment,
            Role::Baseline,
            Role::Outcome,
            Role::Subgroup
        ]
    );
    assert_eq!(guess.control.as_deref(), Some("usual"));
    assert!(guess.columns.iter().all(|g| !g.reason.is_empty()));
    let asks: Vec<_> = guess.questions.iter().map(|q| q.about).collect();
    assert_eq!(asks, ["missing"]);
}

#[test]
fn whole_classes_that_got_the_same_are_clusters() {
    let guess =
        guessed("class,arm,score\na,0,1\na,0,2\nb,1,3\nb,1,4\nc,0,5\nc,0,6\nd,1,7\nd,1,8\n");
    assert_eq!(
        guess.columns_of(Role::Cluster).collect::<Vec<_>>(),
        ["class"]
    );
}

#[test]
fn two_words_alone_make_no_treatment() {
    let guess = guessed("eth,score\na,1\na,2\nn,3\nn,4\n");
    assert_eq!(guess.columns_of(Role::Treatment).count(), 0);
    assert!(
        guess
            .questions
            .iter()
            .any(|q| q.about == "treatment" && q.answers == ["eth"])
    );
}

#[test]
fn several_scores_at_the_end_are_asked_about() {
    let guess =
        guessed("group,pre,post_1,post_2\ncontrol,1,2,3\nint,2,3,4\ncontrol,3,4,5\nint,4,5,6\n");
    let outcome = guess
        .columns
        .iter()
        .find(|g| g.role == Role::Outcome)
        .unwrap();
    assert_eq!(outcome.confidence, Confidence::Ask);
    assert_eq!(
        guess.columns_of(Role::Baseline).collect::<Vec<_>>(),
        ["pre"]
    );
    assert_eq!(guess.questions[0].answers[..2], ["post_1", "post_2"]);
}

#[test]
fn one_row_before_and_one_after_for_each_pupil_is_seen() {
    let guess = guessed(
        "pupil,when,score\na,before,1\na,after,2\nb,before,3\nb,after,5\nc,before,2\nc,after,2\n",
    );
    assert_eq!(guess.columns_of(Role::Unit).collect::<Vec<_>>(), ["pupil"]);
    assert_eq!(
        guess.columns_of(Role::Treatment).collect::<Vec<_>>(),
        ["when"]
    );
    assert_eq!(guess.control.as_deref(), Some("before"));
}

#[test]
fn what_is_worth_a_look_is_counted_and_names_rows() {
    let table = upload(YEAR_4).unwrap();
    let profile = table.profile().unwrap();
    let guess = guess(&table, &profile).unwrap();
    let notices: Vec<String> = worth_a_look(&table, &profile, &guess.asked())
        .unwrap()
        .into_iter()
        .map(|n| format!("{} {}", n.says, n.more))
        .collect();
    assert_eq!(
        notices,
        [
            "1 row has no score after (“july_score”). 1 in the usual group, marked “abs”. We will leave them out, say so in the answer, and show how much it could matter.",
            "“ill” (row 7) in “july_score” is no number. Say that it means “no score”, or correct it in the file.",
            "1050 (row 9) in “july_score” is far from all the others. If it is a slip of the keys, correct it in the file. We will not leave it out by ourselves.",
        ]
    );
}

#[test]
fn a_preview_shows_nobodys_name_or_number() {
    let table = upload(YEAR_4).unwrap();
    let profile = table.profile().unwrap();
    let guess = guess(&table, &profile).unwrap();
    let preview = table.preview(&profile, &guess, 5);
    assert_eq!(preview.rows.len(), 5);
    assert_eq!(preview.rows[0][0].text, "•••• 1001");
    assert_eq!(preview.rows[0][1].text, "4TB");
    assert!(preview.rows[3][4].odd);
    assert_eq!(preview.summaries[2], "7 usual, 3 reading");
}

#[test]
fn groups_called_x_and_y_are_two_groups() {
    let guess = guessed("arm,score\nX,10\nY,20\nX,30\nY,41\nX,15\nY,22\n");
    assert_eq!(
        guess.columns_of(Role::Treatment).collect::<Vec<_>>(),
        ["arm"]
    );
    assert_eq!(guess.control.as_deref(), Some("X"));
    assert_eq!(guess.questions[0].about, "control");
}
