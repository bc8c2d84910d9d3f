//! A pack's delta forest: which entry is a change of which. Its roots are the
//! objects that the pack holds whole.
//!
//! It holds numbers only; a walk over it inflates every entry once.

use rayon::prelude::*;

use super::object::{Kind, ObjectError};
use super::pack::{Form, Pack};

/// The forest of one pack. A node is an entry's place in the order of offsets.
pub(crate) struct Forest {
    /// The offsets of the entries, ascending.
    offsets: Vec<u64>,
    /// The places of the entries in the pack's index.
    places: Vec<u32>,
    /// Where each node's children begin in `children`, and at the end where the
    /// last ones end.
    starts: Vec<u32>,
    /// All children, the heaviest of a node last.
    children: Vec<u32>,
    /// The nodes that are whole objects, by kind in the order of the pack.
    roots: Vec<(Kind, u32)>,
    /// The nodes that nothing makes whole, and why.
    orphans: Vec<(u32, Orphan)>,
}

/// Why nothing makes a node whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orphan {
    /// The pack has no entry at its offset.
    NoEntry,
    /// What it is a change of is not in the pack, or is an orphan too.
    NoBase,
}

impl From<Orphan> for ObjectError {
    fn from(orphan: Orphan) -> Self {
        match orphan {
            Orphan::NoEntry => Self::Entry,
            Orphan::NoBase => Self::Base,
        }
    }
}

/// Where a node stands in the forest.
#[derive(Clone, Copy)]
enum Standing {
    Root(Kind),
    Child(u32),
    /// Its base is told by a place in the index.
    ChildOfPlace(u32),
    Orphan(Orphan),
}

const NO_BASE: u32 = u32::MAX;

impl Forest {
    /// Reads the header of every entry.
    pub(crate) fn new(pack: &Pack) -> Self {
        let mut entries: Vec<(u64, u32)> = (0..pack.len())
            .map(|place| (pack.offset(place), place))
            .collect();
        entries.par_sort_unstable();
        let (offsets, places): (Vec<u64>, Vec<u32>) = entries.into_iter().unzip();
        let mut forest = Self {
            offsets,
            places,
            starts: Vec::new(),
            children: Vec::new(),
            roots: Vec::new(),
            orphans: Vec::new(),
        };
        let bases = forest.bases(pack);
        forest.plant(&bases);
        forest.find_orphans();
        forest
    }

    /// The base of every node; fills the roots and orphans.
    fn bases(&mut self, pack: &Pack) -> Vec<u32> {
        let standings: Vec<Standing> = (0..self.len())
            .into_par_iter()
            .with_min_len(1024)
            .map(|node| self.standing(node, pack))
            .collect();
        // The inverse of `places`, made only if a delta names its base by id.
        let mut nodes_by_place: Vec<u32> = Vec::new();
        let mut bases = vec![NO_BASE; standings.len()];
        for (node, standing) in (0..).zip(standings) {
            match standing {
                Standing::Root(kind) => self.roots.push((kind, node)),
                Standing::Child(base) => bases[node as usize] = base,
                Standing::ChildOfPlace(place) => {
                    if nodes_by_place.is_empty() {
                        nodes_by_place = inverse(&self.places);
                    }
                    bases[node as usize] = nodes_by_place[place as usize];
                }
                Standing::Orphan(orphan) => self.orphans.push((node, orphan)),
            }
        }
        bases
    }

    /// What the header of a node's entry says.
    fn standing(&self, node: u32, pack: &Pack) -> Standing {
        let base = match pack
            .entry(self.offsets[node as usize])
            .map(|entry| entry.form)
        {
            Ok(Form::Whole(kind)) => return Standing::Root(kind),
            Ok(Form::DeltaOfEntry(base)) => self.node_before(node, base).map(Standing::Child),
            Ok(Form::DeltaOfObject(id)) => pack.place(&id).map(Standing::ChildOfPlace),
            Err(_) => return Standing::Orphan(Orphan::NoEntry),
        };
        base.unwrap_or(Standing::Orphan(Orphan::NoBase))
    }

    /// The node at an offset that lies before `node`. Most bases are near.
    fn node_before(&self, node: u32, offset: u64) -> Option<u32> {
        let before = &self.offsets[..node as usize];
        let mut step = 1;
        let mut low = before.len();
        while low > 0 && before[low - 1] >= offset {
            low = low.saturating_sub(step);
            step *= 2;
        }
        let found = before[low..].binary_search(&offset).ok()?;
        u32::try_from(low + found).ok()
    }

    /// Lists the children of every node, the heaviest last.
    fn plant(&mut self, bases: &[u32]) {
        let count = bases.len();
        let mut weights = vec![1_u32; count];
        let mut starts = vec![0_u32; count + 1];
        // A base lies before its deltas, but for some that name it by id; those
        // only make the weights less exact.
        for (node, &base) in bases.iter().enumerate().rev() {
            if base != NO_BASE {
                weights[base as usize] = weights[base as usize].saturating_add(weights[node]);
                starts[base as usize + 1] += 1;
            }
        }
        for node in 0..count {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut children = vec![0_u32; starts[count] as usize];
        for (node, &base) in (0..).zip(bases) {
            if base != NO_BASE {
                let place = &mut next[base as usize];
                children[*place as usize] = node;
                *place += 1;
            }
        }
        for node in 0..count {
            let own = &mut children[starts[node] as usize..starts[node + 1] as usize];
            let heaviest = (0..own.len()).max_by_key(|child| weights[own[*child] as usize]);
            if let Some(heaviest) = heaviest {
                own[heaviest..].rotate_left(1);
            }
        }
        self.starts = starts;
        self.children = children;
    }

    /// Makes orphans of all that is made from orphans, and of the nodes that only
    /// lead to one another.
    fn find_orphans(&mut self) {
        let mut is_known = vec![false; self.offsets.len()];
        for (node, _) in &self.orphans {
            is_known[*node as usize] = true;
        }
        let mut open: Vec<u32> = self.roots.iter().map(|(_, node)| *node).collect();
        while let Some(node) = open.pop() {
            is_known[node as usize] = true;
            open.extend(self.children(node));
        }
        for (node, _) in (0..).zip(&is_known).filter(|(_, is_known)| !**is_known) {
            self.orphans.push((node, Orphan::NoBase));
        }
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.offsets.len()).expect("a pack's index counts with 32 bits")
    }

    /// The whole objects, in the order of the pack.
    pub(crate) fn roots(&self) -> &[(Kind, u32)] {
        &self.roots
    }

    /// The nodes that nothing makes whole.
    pub(crate) fn orphans(&self) -> &[(u32, Orphan)] {
        &self.orphans
    }

    /// What is a change of a node, the heaviest last.
    pub(crate) fn children(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.children[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// A node's place in the pack's index.
    pub(crate) fn place(&self, node: u32) -> u32 {
        self.places[node as usize]
    }

    /// The node whose entry begins at `offset`.
    pub(crate) fn node_at(&self, offset: u64) -> Option<u32> {
        let node = self.offsets.binary_search(&offset).ok()?;
        u32::try_from(node).ok()
    }

    /// Where a node's entry begins, and where the next one does, in bytes.
    pub(crate) fn span(&self, node: u32, pack: &Pack) -> (u64, u64) {
        let node = node as usize;
        let end = self.offsets.get(node + 1).copied().unwrap_or(pack.end());
        (self.offsets[node], end)
    }
}

/// Where each of the numbers below the length of `numbers` stands in it.
fn inverse(numbers: &[u32]) -> Vec<u32> {
    let mut inverse = vec![0; numbers.len()];
    for (place, &number) in (0..).zip(numbers) {
        inverse[number as usize] = place;
    }
    inverse
}
