//! The table of phases a supervised device goes through.
//!
//! The rule a newcomer would break: what cannot happen is written down as impossible, not left to a default, and a test walks
//! every phase with every happening.

/// Where the supervision of one device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// It has not said a word since it was started, plugged in or reset.
    Unseen,
    /// It answers.
    Watched,
    /// A command holds it; nobody asks in between.
    Commanding,
    /// It said nothing for too long.
    Silent,
    /// It is being reset.
    Resetting,
    /// Resetting did not help; a person is told.
    Escalated,
    /// It was pulled out.
    Gone,
}

impl Phase {
    /// All of them.
    pub const ALL: [Phase; 7] = [Phase::Unseen, Phase::Watched, Phase::Commanding, Phase::Silent, Phase::Resetting, Phase::Escalated, Phase::Gone];
}

/// What can happen to a supervised device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// It said something about itself, asked or unasked.
    Answered,
    /// It was silent past its limit, and a reset is allowed.
    LateMayReset,
    /// It was silent past its limit, and resets have to wait: somebody is in front of the machine.
    LateHeld,
    /// It was silent past its limit, and all resets are used up.
    LateSpent,
    /// It answers, but what it names needs a reset, and one is allowed.
    AilingMayReset,
    /// It answers, what it names needs a reset, and all resets are used up.
    AilingSpent,
    /// A command begins.
    CommandBegan,
    /// The command is over, however it ended.
    CommandEnded,
    /// The reset is over.
    ResetEnded,
    /// The system says that it was pulled out.
    Unplugged,
    /// The system says that it was plugged in.
    Plugged,
}

impl Happening {
    /// All of them.
    pub const ALL: [Happening; 11] = [
        Happening::Answered,
        Happening::LateMayReset,
        Happening::LateHeld,
        Happening::LateSpent,
        Happening::AilingMayReset,
        Happening::AilingSpent,
        Happening::CommandBegan,
        Happening::CommandEnded,
        Happening::ResetEnded,
        Happening::Unplugged,
        Happening::Plugged,
    ];
}

/// The phase that follows; `None` when this cannot happen in that phase.
pub fn next_phase(phase: Phase, happening: Happening) -> Option<Phase> {
    use Happening::{AilingMayReset, AilingSpent, Answered, CommandBegan, CommandEnded, LateHeld, LateMayReset, LateSpent, Plugged, ResetEnded, Unplugged};
    use Phase::{Commanding, Escalated, Gone, Resetting, Silent, Unseen, Watched};
    match (phase, happening) {
        // The system's word about the plug counts in every phase; what was tried before is forgotten with the cable.
        (_, Unplugged) => Some(Gone),
        (Watched | Commanding, Plugged) => Some(phase),
        (Unseen | Silent | Resetting | Escalated | Gone, Plugged) => Some(Unseen),

        (Unseen | Watched | Silent | Escalated | Gone, Answered) => Some(Watched),
        (Commanding | Resetting, Answered) => Some(phase),

        // The first silence is only named; the next one is acted upon.
        (Unseen | Watched | Commanding, LateMayReset | LateHeld | LateSpent) => Some(Silent),
        (Silent, LateMayReset) => Some(Resetting),
        (Silent, LateHeld) => Some(Silent),
        (Silent | Resetting | Escalated, LateSpent) => Some(Escalated),
        (Resetting, LateMayReset | LateHeld) => Some(Silent),
        (Escalated, LateMayReset | LateHeld) => Some(Escalated),
        (Gone, LateMayReset | LateHeld | LateSpent) => Some(Gone),

        (Unseen | Watched | Silent, AilingMayReset) => Some(Resetting),
        (Commanding | Resetting, AilingMayReset | AilingSpent) => Some(phase),
        (Unseen | Watched | Silent | Escalated, AilingSpent) => Some(Escalated),
        (Gone, AilingMayReset | AilingSpent) => None,
        // Whoever is escalated has no reset left until it is plugged in anew or has been well for a while.
        (Escalated, AilingMayReset) => None,

        (Unseen | Watched | Silent | Escalated, CommandBegan) => Some(Commanding),
        // One command at a time, none during a reset, none without a device.
        (Commanding | Resetting | Gone, CommandBegan) => None,
        (Commanding, CommandEnded) => Some(Watched),
        // The command ended after its device had been given up; the next answer decides.
        (Silent | Resetting | Escalated | Gone, CommandEnded) => Some(phase),
        (Unseen | Watched, CommandEnded) => None,

        (Resetting, ResetEnded) => Some(Unseen),
        (Silent | Escalated | Gone | Unseen, ResetEnded) => Some(phase),
        (Watched | Commanding, ResetEnded) => None,
    }
}
