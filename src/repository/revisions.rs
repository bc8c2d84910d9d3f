//! Revisions: which commits the user means, in git's language.

use std::collections::HashSet;
use std::time::SystemTime;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::revision::plumbing::Spec;
use regex::Regex;

use super::{Repository, RepositoryError, reasons};

/// Commits, told by where they begin and end.
#[derive(Debug, Clone)]
pub struct Revisions {
    include: Vec<ObjectId>,
    /// The annotated tags by which the user named them.
    tags: Vec<ObjectId>,
    exclude: Vec<ObjectId>,
    /// The earliest moment that counts, in seconds since 1970.
    since: Option<i64>,
}

/// The commits of some revisions.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    /// Parents after children.
    pub(crate) ids: Vec<ObjectId>,
    /// Why there may be more of them, if so.
    pub(crate) fault: Option<String>,
}

impl Repository {
    /// The commits that `revisions` names, or else `HEAD` and all that it descends
    /// from; only those that were committed `since` a date, if there is one.
    ///
    /// # Errors
    /// [`RepositoryError::Revisions`] and [`RepositoryError::Date`] for what git
    /// would not understand either.
    pub fn revisions(
        &self,
        revisions: Option<&str>,
        since: Option<&str>,
    ) -> Result<Revisions, RepositoryError> {
        let gix = self.gix();
        let text = revisions.unwrap_or("HEAD");
        let bad = |reason: String| RepositoryError::Revisions {
            revisions: text.to_owned(),
            reason,
        };
        if revisions.is_none() && matches!(self.head(), Ok(None)) {
            return Err(bad("there is no commit yet".to_owned()));
        }
        let spec = gix
            .rev_parse(text.as_bytes().as_bstr())
            .map_err(|error| bad(reasons(&error)))?;
        let commit = |id: ObjectId| {
            let object = gix.find_object(id).map_err(|error| bad(reasons(&error)))?;
            let commit = object
                .peel_to_commit()
                .map_err(|error| bad(reasons(&error)))?;
            Ok::<_, RepositoryError>(commit.id)
        };
        let parents = |id: ObjectId| {
            let commit = gix
                .find_commit(commit(id)?)
                .map_err(|error| bad(reasons(&error)))?;
            Ok::<Vec<ObjectId>, RepositoryError>(commit.parent_ids().map(gix::Id::detach).collect())
        };
        let (ends, excluded) = match spec.detach() {
            Spec::Include(id) => (vec![id], Vec::new()),
            Spec::Exclude(_) => {
                return Err(bad("it only says which commits are not meant".to_owned()));
            }
            Spec::Range { from, to } => (vec![to], vec![from]),
            Spec::Merge { theirs, ours } => {
                let bases = gix.merge_bases_many(commit(theirs)?, &[commit(ours)?]);
                let bases = bases.map_err(|error| bad(reasons(&error)))?;
                let bases = bases.into_iter().map(gix::Id::detach);
                (vec![theirs, ours], bases.collect())
            }
            Spec::IncludeOnlyParents(id) => (parents(id)?, Vec::new()),
            Spec::ExcludeParents(id) => (vec![id], parents(id)?),
        };
        let mut tags = Vec::new();
        for end in &ends {
            tags.extend(annotated(&gix, *end).map_err(bad)?);
        }
        let commits =
            |ids: Vec<ObjectId>| ids.into_iter().map(commit).collect::<Result<Vec<_>, _>>();
        Ok(Revisions {
            include: commits(ends)?,
            tags,
            exclude: commits(excluded)?,
            since: since.map(seconds_of).transpose()?,
        })
    }

    /// The commits of revisions. A shallow clone ends at its boundary.
    pub(crate) fn commits(&self, revisions: &Revisions) -> Commits {
        let gix = self.gix();
        let mut commits = Commits::default();
        let walk = gix
            .rev_walk(revisions.include.iter().copied())
            .with_hidden(revisions.exclude.iter().copied())
            .all();
        let walk = match walk {
            Ok(walk) => walk,
            Err(error) => {
                commits.fault = Some(reasons(&error));
                return commits;
            }
        };
        let mut seen = HashSet::new();
        for commit in walk {
            match commit {
                Ok(info) => {
                    let is_late = revisions.since.is_none_or(|since| {
                        info.object()
                            .ok()
                            .and_then(|commit| commit.time().ok())
                            .is_none_or(|time| time.seconds >= since)
                    });
                    if is_late && seen.insert(info.id) {
                        commits.ids.push(info.id);
                    }
                }
                Err(error) => commits.fault = Some(reasons(&error)),
            }
        }
        commits
    }
}

impl Revisions {
    /// Where the commits begin.
    pub(crate) fn tips(&self) -> impl Iterator<Item = &ObjectId> {
        self.include.iter().chain(&self.tags)
    }

    /// The annotated tags that name them.
    pub(crate) fn tags(&self) -> &[ObjectId] {
        &self.tags
    }
}

/// The annotated tags that lead from an object to a commit, the object itself first.
///
/// # Errors
/// Which of them cannot be read, and why.
fn annotated(gix: &gix::Repository, mut id: ObjectId) -> Result<Vec<ObjectId>, String> {
    let mut tags = Vec::new();
    loop {
        let object = gix.find_object(id).map_err(|error| reasons(&error))?;
        let target = object.try_to_tag_ref().ok().map(|tag| tag.target());
        match target {
            Some(target) => tags.push(std::mem::replace(&mut id, target)),
            None => return Ok(tags),
        }
    }
}

/// The moment that a date means, in seconds since 1970.
///
/// What is no date for sure is refused first: what parses dates is so friendly
/// that it takes five bananas ago for now.
fn seconds_of(date: &str) -> Result<i64, RepositoryError> {
    const SHAPE: &str = r"(?x)^(?:
        [0-9]{1,6}\ (?:second|minute|hour|day|week|month|year)s?\ ago
        | [0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T\ ][0-9]{2}:[0-9]{2}.*)?
        | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\ .*
        | @[0-9]+
    )$";
    let shape = Regex::new(SHAPE).expect("the expression is valid");
    let bad = || RepositoryError::Date {
        date: date.to_owned(),
    };
    let now = gix::date::Zoned::try_from(SystemTime::now()).ok();
    if !shape.is_match(date) {
        return Err(bad());
    }
    let time = gix::date::parse(date, now).map_err(|_| bad())?;
    Ok(time.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_are_dates() {
        for date in [
            "2026-01-31",
            "2026-01-31 10:00:00 +0100",
            "2026-01-31T10:00:00Z",
            "Sat, 31 Jan 2026 10:00:00 +0000",
            "@1700000000",
            "1 day ago",
            "2 weeks ago",
        ] {
            assert!(seconds_of(date).is_ok(), "{date}");
        }
        for date in [
            "",
            "soonish",
            "5 bananas ago",
            "3 w ago",
            "1.5 weeks ago",
            "2 weeks hence",
            "-5 days ago",
            "2 weeks ago extra",
            "2026-13-01",
        ] {
            assert!(seconds_of(date).is_err(), "{date}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_greenwich() {
        assert_eq!(seconds_of("1970-01-02").ok(), Some(86_400));
    }
}
