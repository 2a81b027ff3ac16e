//! The file of an object, and beside it a note of its ETag.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::address::ObjectAddress;
use super::download::Incoming;
use crate::error::LoadError;

pub(super) struct Kept {
    file: PathBuf,
    note: PathBuf,
}

/// What is written beside the file.
#[derive(Deserialize, Serialize)]
struct Note {
    etag: String,
    stamp: Stamp,
}

/// Ties a note to the one file that it was written for. Two downloads at once may leave the file of one and the note of the
/// other, and somebody may write into the file: then the note is void, and the next check downloads.
#[derive(Deserialize, Eq, PartialEq, Serialize)]
struct Stamp {
    inode: u64,
    length: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl From<&Metadata> for Stamp {
    fn from(of: &Metadata) -> Self {
        Self {
            inode: of.ino(),
            length: of.len(),
            seconds: of.mtime(),
            nanoseconds: of.mtime_nsec(),
        }
    }
}

impl Kept {
    pub(super) fn of(address: &ObjectAddress, folder: &Path) -> Self {
        let name = address.file_name();
        Self {
            note: folder.join(format!("{name}.etag")),
            file: folder.join(name),
        }
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.file
    }

    /// The ETag of the bytes on disk; none when there is no file, or not the one that the note is about.
    pub(super) async fn etag(&self) -> Option<String> {
        let there = tokio::fs::metadata(&self.file).await.ok()?;
        let note: Note = serde_json::from_slice(&tokio::fs::read(&self.note).await.ok()?).ok()?;
        (note.stamp == Stamp::from(&there)).then_some(note.etag)
    }

    /// Puts the incoming bytes in the file's place, all of them or none, and notes their ETag.
    pub(super) async fn receive(&self, incoming: Incoming) -> Result<Option<String>, LoadError> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        tokio::fs::create_dir_all(folder).await?;

        let (part, temporary) = NamedTempFile::new_in(folder)?.into_parts();
        let mut part = tokio::fs::File::from_std(part);
        let mut bytes = incoming.bytes;
        while let Some(chunk) = bytes.next().await {
            // Cut off in the middle: the temporary file goes as it is dropped, the old file stays.
            let chunk = chunk.map_err(|source| LoadError::Failed {
                operation: "GetObject",
                source: Arc::new(source),
            })?;
            part.write_all(&chunk).await?;
        }
        part.flush().await?;
        let stamp = Stamp::from(&part.metadata().await?);

        temporary
            .persist(&self.file)
            .map_err(|refused| refused.error)?;
        if let Some(etag) = &incoming.etag {
            self.write_note(
                folder,
                &Note {
                    etag: etag.clone(),
                    stamp,
                },
            )?;
        }
        Ok(incoming.etag)
    }

    fn write_note(&self, folder: &Path, note: &Note) -> io::Result<()> {
        let mut temporary = NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut temporary, note)?;
        temporary
            .persist(&self.note)
            .map_err(|refused| refused.error)?;
        Ok(())
    }
}
