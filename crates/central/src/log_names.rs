//! The closed list of things central logs. Nothing else is written, and no field can hold what a person typed: values are
//! numbers of applications, names of kiosks, logins, states, counts and times.

use std::fmt::Display;

use log::Level;

/// Every event central can log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Started,
    Stopped,
    BundleArchived,
    BundleUnusable,
    DoubtsFound,
    SubmissionAccepted,
    SubmissionRepeated,
    SubmissionRefused,
    PatchAccepted,
    PartStored,
    PartSetAside,
    FollowUpAnswered,
    FollowUpRefused,
    OfficerSignedIn,
    OfficerSignedOut,
    OfficerRefused,
    StateMoved,
    StateMoveRefused,
    TooBusy,
    TookTooLong,
    Fault,
}

impl Event {
    pub const ALL: [Event; 21] = [
        Self::Started,
        Self::Stopped,
        Self::BundleArchived,
        Self::BundleUnusable,
        Self::DoubtsFound,
        Self::SubmissionAccepted,
        Self::SubmissionRepeated,
        Self::SubmissionRefused,
        Self::PatchAccepted,
        Self::PartStored,
        Self::PartSetAside,
        Self::FollowUpAnswered,
        Self::FollowUpRefused,
        Self::OfficerSignedIn,
        Self::OfficerSignedOut,
        Self::OfficerRefused,
        Self::StateMoved,
        Self::StateMoveRefused,
        Self::TooBusy,
        Self::TookTooLong,
        Self::Fault,
    ];

    /// The fixed message.
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "central-started",
            Self::Stopped => "central-stopped",
            Self::BundleArchived => "bundle-archived",
            Self::BundleUnusable => "bundle-unusable",
            Self::DoubtsFound => "doubts-found",
            Self::SubmissionAccepted => "submission-accepted",
            Self::SubmissionRepeated => "submission-repeated",
            Self::SubmissionRefused => "submission-refused",
            Self::PatchAccepted => "patch-accepted",
            Self::PartStored => "part-stored",
            Self::PartSetAside => "part-set-aside",
            Self::FollowUpAnswered => "follow-up-answered",
            Self::FollowUpRefused => "follow-up-refused",
            Self::OfficerSignedIn => "officer-signed-in",
            Self::OfficerSignedOut => "officer-signed-out",
            Self::OfficerRefused => "officer-refused",
            Self::StateMoved => "state-moved",
            Self::StateMoveRefused => "state-move-refused",
            Self::TooBusy => "too-busy",
            Self::TookTooLong => "took-too-long",
            Self::Fault => "fault",
        }
    }

    /// Error is a fault of ours; warn is something a person should look at; info is the course of work.
    pub fn level(self) -> Level {
        match self {
            Self::Fault => Level::Error,
            Self::BundleUnusable | Self::DoubtsFound | Self::PartSetAside | Self::TooBusy | Self::TookTooLong | Self::OfficerRefused => Level::Warn,
            Self::PartStored => Level::Debug,
            _ => Level::Info,
        }
    }

    /// Writes one line: the name and its fields.
    pub fn log(self, fields: &[(&str, &dyn Display)]) {
        if !log::log_enabled!(target: "central", self.level()) {
            return;
        }
        let mut line = self.name().to_owned();
        for (name, value) in fields {
            line.push_str(&format!(" {name}={value}"));
        }
        log::log!(target: "central", self.level(), "{line}");
    }
}

/// A fault of ours with its whole chain of causes, once, at the edge.
pub fn fault(request: &str, reason: &dyn std::error::Error) {
    let mut chain = reason.to_string();
    let mut cause = reason.source();
    while let Some(inner) = cause {
        chain.push_str(": ");
        chain.push_str(&inner.to_string());
        cause = inner.source();
    }
    Event::Fault.log(&[("request", &request), ("because", &chain)]);
}
