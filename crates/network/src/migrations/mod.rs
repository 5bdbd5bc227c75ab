//! The schema's steps, forward only, one file for each word. A step that was released is never
//! changed; what changes later gets a step of its own.

mod m0001_places;
mod m0002_people;
mod m0003_governance;
mod m0004_trials;
mod m0005_goals;
mod m0006_practices;
mod m0007_clusters;
mod m0007_register;
mod m0007_values;
mod m0008_audit_tree;
mod m0010_roles;
mod m0011_second_step;

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

/// All the steps, in order.
pub(crate) struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_places::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_governance::Migration),
            Box::new(m0004_trials::Migration),
            Box::new(m0005_goals::Migration),
            Box::new(m0006_practices::Migration),
            Box::new(m0007_register::Migration),
            Box::new(m0007_values::Migration),
            Box::new(m0007_clusters::Migration),
            Box::new(m0008_audit_tree::Migration),
            Box::new(m0010_roles::Migration),
            Box::new(m0011_second_step::Migration),
        ]
    }
}
