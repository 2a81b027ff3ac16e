//! Something to look at where there is no database.

use crate::{Db, DbError};

const SAMPLE: &str = r#"
    INSERT INTO instruments (name, live_data, script, specification, latest_run) VALUES
        ('LOQ', 1, 'reduce(LOQ)', '{"merge": true}', 'run 1'), ('IRIS', 1, NULL, NULL, NULL), ('MARI', 0, NULL, NULL, NULL);
    INSERT INTO jobs (id, instrument, owner, state) VALUES
        (1, 'LOQ', 100, 'done'), (2, 'LOQ', 200, 'running'), (3, 'IRIS', 100, 'queued');
    INSERT INTO experiments (user_number, reference) VALUES (100, 'RB2010001'), (100, 'RB2010002');
    INSERT INTO packages (org, image, version) VALUES ('fia', 'reducer', '1.0.0'), ('fia', 'reducer', '1.1.0');
"#;

/// Creates the tables of an empty database, with some rows.
pub async fn fill(db: &Db) -> Result<(), DbError> {
    db.create_tables().await?;
    sqlx::raw_sql(SAMPLE).execute(db.pool()).await?;
    Ok(())
}
