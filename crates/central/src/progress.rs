//! How far an application is, worked out from its outputs: which is least advanced, what may follow, what a move changes.
//!
//! Pure: a catalogue, outputs and a time in, outputs out. Until outputs part ways an act moves them together; from then on
//! each goes its own path. The rule a newcomer would break: an application has no state of its own, only that of an output.

use std::cmp::Reverse;

use catalogue::{Catalogue, Language, Lateness, Service, StatePath, StateTone};
use jiff::Timestamp;

use crate::db::outputs::{Change, NewLine, Output, Summary};

/// The state in which a patch is taken; always of the whole application, since its answers are shared.
pub const STATE_ASKED: &str = "perlu-perbaikan";
/// The state a patch leads to, and the first look of an officer.
pub const STATE_CHECKED: &str = "verifikasi";
/// The state that stops the clock until it is released.
pub const STATE_HELD: &str = "ditahan";
/// States an officer gives to all outputs at once while they are still together.
const STATES_OF_ALL: [&str; 5] = [STATE_CHECKED, STATE_ASKED, STATE_HELD, "ditolak", "dibatalkan"];

/// How something stands against its promise, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Owed until this moment.
    Owed(Timestamp),
    /// The clock stands still.
    Paused,
    /// The result waits to be collected.
    Kept,
    Ended,
}

/// The outputs of one application with the catalogue they are read with.
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    catalogue: &'a Catalogue,
    /// `None` when the catalogue has let the service go; then only the stored paths are left.
    service: Option<&'a Service>,
    outputs: &'a [Output],
}

impl<'a> Progress<'a> {
    pub fn new(catalogue: &'a Catalogue, service: &str, outputs: &'a [Output]) -> Self {
        Self { catalogue, service: catalogue.service(service), outputs }
    }

    pub fn outputs(&self) -> &'a [Output] {
        self.outputs
    }

    /// What the catalogue says of an output. One without a name is the first of its service.
    pub fn described(&self, output: &Output) -> Option<&'a catalogue::Output> {
        let outputs = &self.service?.outputs;
        if output.id.is_empty() { outputs.first() } else { outputs.iter().find(|known| known.id == output.id) }
    }

    /// Title of an output; its id when the catalogue no longer knows it.
    pub fn title<'o>(&self, output: &'o Output, language: Language) -> &'o str
    where
        'a: 'o,
    {
        self.described(output).map_or(output.id.as_str(), |known| known.title.get(language))
    }

    /// Id of an output as the outside knows it.
    pub fn id<'o>(&self, output: &'o Output) -> &'o str
    where
        'a: 'o,
    {
        if output.id.is_empty() { self.described(output).map_or("", |known| known.id.as_str()) } else { &output.id }
    }

    pub fn path(&self, output: &Output) -> Option<&'a StatePath> {
        let id = if output.path.is_empty() { &self.described(output)?.path } else { &output.path };
        self.catalogue.path(id)
    }

    pub fn is_open(&self, output: &Output) -> bool {
        !self.catalogue.state(&output.state).is_some_and(|state| state.terminal)
    }

    /// The last promised moment, counting a pause that is still going on.
    pub fn due_at(&self, output: &Output, now: Timestamp) -> Timestamp {
        match output.paused_at {
            // A promise that was broken before the pause stays broken: nothing of it is left to run.
            Some(paused_at) if paused_at < output.due_at && paused_at <= now => self.catalogue.resume(output.due_at, paused_at, now),
            _ => output.due_at,
        }
    }

    /// The least advanced output: open ones before ended ones, then by how far each is on its path.
    pub fn leading(&self) -> Option<&'a Output> {
        let open = self.outputs.iter().filter(|output| self.is_open(output)).min_by_key(|output| {
            let stages = self.path(output).map_or(&[][..], |path| path.stages.as_slice());
            let reached = stages.iter().position(|stage| *stage == output.stage).unwrap_or(0);
            (reached, output.state == output.stage, Reverse(stages.len()), output.place_no)
        });
        let ended_well = |output: &&Output| self.path(output).is_some_and(|path| path.stages.contains(&output.state));
        open.or_else(|| self.outputs.iter().find(ended_well)).or(self.outputs.first())
    }

    /// Do several outputs still wait at the same place?
    fn together(&self) -> bool {
        let mut open = self.outputs.iter().filter(|output| self.is_open(output));
        let Some(first) = open.next() else { return false };
        let mut others = open.peekable();
        others.peek().is_some() && others.all(|output| output.state == first.state)
    }

    /// States that may follow for one output by its own path. A held one goes back to where it was held, or ends.
    fn follows(&self, output: &Output) -> Vec<&'a str> {
        let next = self.path(output).map_or(&[][..], |path| path.next(&output.state));
        let released = |state: &str| *state == *output.stage || self.catalogue.state(state).is_some_and(|state| state.terminal);
        next.iter().map(String::as_str).filter(|state| output.state != STATE_HELD || released(state)).collect()
    }

    /// States an officer may give to the application as a whole.
    pub fn next_of_all(&self) -> Vec<&'a str> {
        if let [only] = self.outputs {
            return self.follows(only);
        }
        let of_all: &[&str] = if self.together() { &STATES_OF_ALL } else { &[STATE_ASKED] };
        let mut next = Vec::new();
        for state in self.outputs.iter().flat_map(|output| self.follows(output)) {
            if of_all.contains(&state) && !next.contains(&state) {
                next.push(state);
            }
        }
        next
    }

    /// States an officer may give to this output alone; none while it is the only one.
    pub fn next_of(&self, output: &Output) -> Vec<&'a str> {
        if self.outputs.len() == 1 {
            return Vec::new();
        }
        let together = self.together();
        self.follows(output).into_iter().filter(|state| *state != STATE_ASKED && !(together && *state == STATE_CHECKED)).collect()
    }

    /// The change that moves all outputs that may, or only the one named; `None` when that is not allowed.
    pub fn change(&self, number: &str, seen_lines: i64, output: &str, to: &str, at: Timestamp, actor: String) -> Option<Change> {
        let of_all = output.is_empty() || self.outputs.len() == 1;
        let named = |candidate: &Output| of_all || self.id(candidate) == output;
        let allowed = if of_all {
            self.next_of_all().contains(&to)
        } else {
            self.outputs.iter().find(|candidate| named(candidate)).is_some_and(|candidate| self.next_of(candidate).contains(&to))
        };
        if !allowed {
            return None;
        }
        let movers: Vec<&Output> = self.outputs.iter().filter(|candidate| named(candidate) && self.follows(candidate).contains(&to)).collect();
        Some(self.moving(&movers, number, seen_lines, to, at, actor))
    }

    /// The change a resident's patch makes: what waited for it is looked at again, and `added` outputs come with it.
    pub fn repaired(&self, number: &str, seen_lines: i64, added: Vec<Output>, at: Timestamp, actor: String) -> Change {
        let movers: Vec<&Output> = self.outputs.iter().filter(|output| output.state == STATE_ASKED).collect();
        let mut change = self.moving(&movers, number, seen_lines, STATE_CHECKED, at, actor);
        change.outputs.extend(added);
        let after: Vec<Output> = self.outputs.iter().filter(|output| change.outputs.iter().all(|moved| moved.id != output.id)).cloned().collect();
        let after: Vec<Output> = after.into_iter().chain(change.outputs.iter().cloned()).collect();
        change.summary = Progress { outputs: &after, ..*self }.summary();
        change
    }

    fn moving(&self, movers: &[&Output], number: &str, seen_lines: i64, to: &str, at: Timestamp, actor: String) -> Change {
        let moved: Vec<Output> = movers.iter().map(|output| self.moved(output, to, at)).collect();
        let after: Vec<Output> = self.outputs.iter().map(|output| moved.iter().find(|moved| moved.id == output.id).unwrap_or(output).clone()).collect();
        let line = |output: &str| NewLine { output: output.to_owned(), state: to.to_owned() };
        let lines = if moved.len() == self.outputs.len() { vec![line("")] } else { moved.iter().map(|output| line(&output.id)).collect() };
        let summary = Progress { outputs: &after, ..*self }.summary();
        Change { number: number.to_owned(), seen_lines, lines, outputs: moved, summary, at, actor }
    }

    fn moved(&self, output: &Output, to: &str, at: Timestamp) -> Output {
        let state = self.catalogue.state(to);
        let pauses = state.is_some_and(|state| state.pauses_clock);
        let kept = state.is_some_and(|state| state.terminal || state.tone == StateTone::Done);
        let is_stage = self.path(output).is_some_and(|path| path.stages.iter().any(|stage| stage == to));
        Output {
            due_at: if pauses { output.due_at } else { self.due_at(output, at) },
            state: to.to_owned(),
            state_since: at,
            stage: if is_stage { to.to_owned() } else { output.stage.clone() },
            paused_at: if pauses { output.paused_at.or(Some(at)) } else { None },
            met_at: output.met_at.or(kept.then_some(at)),
            ..output.clone()
        }
    }

    /// How one output stands against its promise.
    pub fn standing_of(&self, output: &Output, now: Timestamp) -> Standing {
        match output {
            output if !self.is_open(output) => Standing::Ended,
            output if output.met_at.is_some() => Standing::Kept,
            output if output.paused_at.is_some() => Standing::Paused,
            output => Standing::Owed(self.due_at(output, now)),
        }
    }

    /// How the application stands: the nearest promise that is owed, or else what all its outputs have in common.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let all = self.outputs.iter().map(|output| self.standing_of(output, now));
        all.min().unwrap_or(Standing::Ended)
    }

    /// Whether an output came late, by now or by the moment its promise was met.
    pub fn lateness(&self, output: &Output, clock: &str, now: Timestamp) -> Lateness {
        self.catalogue.lateness(clock, self.due_at(output, now), output.met_at.unwrap_or(now))
    }

    /// What the application copies from its outputs.
    pub fn summary(&self) -> Summary {
        let leading = self.leading();
        let owed = self.outputs.iter().filter(|output| output.met_at.is_none()).map(|output| output.due_at).min();
        let last = self.outputs.iter().map(|output| output.due_at).max();
        Summary {
            state: leading.map_or(String::new(), |output| output.state.clone()),
            state_since: leading.map_or(Timestamp::default(), |output| output.state_since),
            due_at: owed.or(last).unwrap_or_default(),
            closed: !self.outputs.iter().any(|output| self.is_open(output)),
        }
    }
}
