//! The practices of a scan: what of its files the policy stage looks at, and what becomes
//! of that.
//!
//! A file is looked at as a whole, once its bytes have been scanned for tokens.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use super::{Scan, Worker};
use crate::blob::{Blob, Content, Origin, Role, Sink, tidy};
use crate::container::notebook;
use crate::container::raw::Gone;
use crate::finding::Finding;
use crate::name_class::NameClass;
use crate::policy::{Examined, File, Policy};
use crate::report::Unscanned;
use crate::repository::standings::Standings;
use crate::standing::Standing;
use crate::triage::judge::{Judge, Judgement, Verdict};
use crate::view::View;

/// The largest file, in bytes, that is looked at. A larger one is reported.
pub(super) const LARGEST: u64 = 24 << 20;

impl Worker<'_> {
    /// The path by which practices know a blob, if any of them looks at it.
    pub(super) fn path_for_practices(&self, origin: &Origin) -> Option<PathBuf> {
        let scanner = self.scan.scanner;
        let policy = &scanner.policy;
        if policy.is_empty() {
            return None;
        }
        let path = match origin {
            Origin::File(path) => {
                let path = self.scan.here.join(tidy(path));
                let root = scanner.config.project.root();
                path.strip_prefix(root)
                    .map(Path::to_path_buf)
                    .unwrap_or(path)
            }
            Origin::Stdin(Some(path)) | Origin::Memory(path) => tidy(path).to_path_buf(),
            Origin::Git {
                role: Role::File(path),
                ..
            } => path.clone(),
            Origin::Stdin(None) | Origin::Git { .. } | Origin::Member(_) => return None,
        };
        Policy::concerns(&path).then_some(path)
    }

    /// Scans a blob of which practices are looked at, too: for that it is read as a whole.
    pub(super) fn blob_and_practices(&mut self, path: &Path, blob: Blob<'_>) {
        let Blob {
            origin,
            class,
            mut content,
        } = blob;
        let mut bytes = Vec::new();
        let read = match &mut content {
            Content::Bytes(whole) => return self.whole(path, &origin, class, whole),
            Content::File(_) | Content::Stream(_) => {
                (&mut content).take(LARGEST + 1).read_to_end(&mut bytes)
            }
            // It is one as it is too large to be in memory.
            Content::Replay(_) => Ok(usize::MAX),
        };
        match read {
            Ok(length) if length as u64 <= LARGEST => {
                return self.whole(path, &origin, class, &bytes);
            }
            // What cannot be read is told where its bytes are scanned.
            Err(_) => {}
            Ok(_) => self.unscanned(Unscanned {
                path: origin.path().to_path_buf(),
                reason: too_large(),
            }),
        }
        match content {
            Content::Stream(stream) => self.plain_blob(Blob {
                origin,
                class,
                content: Content::Stream(&mut bytes.chain(stream)),
            }),
            mut content => {
                if let Content::File(file) = &mut content {
                    // If it cannot be read, that is told where it is read.
                    let _ = file.rewind();
                }
                self.plain_blob(Blob {
                    origin,
                    class,
                    content,
                });
            }
        }
    }

    /// Lets practices look at a blob, of which nothing else is asked.
    pub(super) fn practices_only(&mut self, path: &Path, blob: Blob<'_>) {
        let Blob {
            origin,
            class,
            mut content,
        } = blob;
        let mut bytes = Vec::new();
        match (&mut content).take(LARGEST + 1).read_to_end(&mut bytes) {
            Ok(length) if length as u64 <= LARGEST => {
                self.practices_alone(path, &origin, class, &bytes);
            }
            read => self.unscanned(Unscanned {
                path: origin.path().to_path_buf(),
                reason: match read {
                    Ok(_) => too_large(),
                    Err(error) => error.to_string(),
                },
            }),
        }
    }

    /// What a file is to git, given by its path from the folder of the file `path`.
    pub(super) fn standing(&self, path: &Path, other: &Path, origin: &Origin) -> Standing {
        self.scan.standing(path, other, origin)
    }

    fn whole(&mut self, path: &Path, origin: &Origin, class: Option<NameClass>, bytes: &[u8]) {
        let (read, found) = self.judge(origin, class, Content::Bytes(bytes));
        self.scan.note_covered(origin);
        self.count(read, origin);
        let practices = self.practices(path, origin, class, bytes, &found);
        self.report(found.into_iter().chain(practices).collect());
    }

    /// Reports what the policy finds in a file whose tokens somebody else reports.
    pub(super) fn practices_alone(
        &mut self,
        path: &Path,
        origin: &Origin,
        class: Option<NameClass>,
        bytes: &[u8],
    ) {
        let tokens = self.judge_again(origin, class, Content::Bytes(bytes));
        let found = self.practices(path, origin, class, bytes, &tokens);
        self.report(found);
    }

    /// What the policy finds in a file, but for what is told as a token already.
    fn practices(
        &mut self,
        path: &Path,
        origin: &Origin,
        class: Option<NameClass>,
        bytes: &[u8],
        tokens: &[(Finding, Verdict)],
    ) -> Vec<(Finding, Verdict)> {
        let is_notebook = path.extension().is_some_and(|it| it == "ipynb");
        let Examined {
            breaches,
            faults,
            looked_at,
        } = self.scan.scanner.policy.examine(&File {
            path,
            bytes,
            standing: &|other| self.scan.standing(path, other, origin),
            texts: is_notebook.then_some(&|take| notebook::pieces(bytes, take)),
        });
        for reason in faults {
            self.unscanned(Unscanned {
                path: origin.path().to_path_buf(),
                reason: format!("{reason}; the rules of the policy have not looked at it"),
            });
        }
        for (rule, documents) in looked_at {
            *self.report.looked_at.entry(rule).or_default() += documents;
        }
        if breaches.is_empty() {
            return Vec::new();
        }
        let mut judge = Judge::new(self.scan.scanner.law(), class);
        judge.breaches(origin, &View::whole(bytes), &breaches, &mut Gone);
        let Judgement { mut findings, .. } = judge.finish();
        let is_told = |practice: &Finding| {
            let end = |it: &Finding| it.location.offset + it.location.length;
            let is_here = |(token, _): &(Finding, Verdict)| {
                *token.origin == *origin
                    && token.location.offset < end(practice)
                    && practice.location.offset < end(token)
            };
            tokens.iter().any(is_here)
        };
        findings.retain(|(practice, _)| !is_told(practice));
        findings
    }
}

impl Scan<'_> {
    /// What a file is to git, given by its path from the folder of the file `path`.
    fn standing(&self, path: &Path, other: &Path, origin: &Origin) -> Standing {
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_itself = path
            .file_name()
            .is_some_and(|name| other == Path::new(name));
        if is_itself && matches!(origin, Origin::Git { .. }) {
            return Standing::Tracked;
        }
        let root = self.scanner.config.project.root();
        let standings = self.standings.get_or_init(|| Standings::of(root));
        match standings {
            Some(standings) => standings.of_file(&folder.join(other)),
            None => Standing::NoRepository,
        }
    }
}

pub(super) fn too_large() -> String {
    format!(
        "more than {} MiB: no rule of the policy has looked at it",
        LARGEST >> 20
    )
}
