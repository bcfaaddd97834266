//! From the steps as written to the steps as asked: shared groups with their prefix, repetitions, and papers of which any will do.
//!
//! After this nothing is special any more: a repeated group is a row of ordinary steps, and "any of these papers" is a choice
//! followed by one paper step each. So routes, repairs and the server know neither.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Group, Shared, Work};
use crate::Text;
use crate::raw::{RawBring, RawChoice, RawExit, RawKind, RawStep};

/// Times a group can be repeated in one application.
const REPEAT_MAX: usize = 10;

/// One step on its way to being compiled, with the place it was written at.
pub(super) struct Written {
    pub file: String,
    pub span: Range<usize>,
    pub step: RawStep,
}

/// The steps of a service, and the exits that "any of these papers" brings along.
pub(super) struct Expanded {
    pub steps: Vec<Written>,
    pub exits: Vec<(Range<usize>, RawExit)>,
}

impl Work<'_> {
    pub(super) fn expand(&mut self, file: &str, steps: Vec<serde_spanned::Spanned<RawStep>>, shared: &Shared) -> Expanded {
        let mut out = Expanded { steps: Vec::new(), exits: Vec::new() };
        for spanned in steps {
            let span = spanned.span();
            let step = spanned.into_inner();
            match step.group.clone() {
                None => self.plain(file, span, step, shared, &mut out),
                Some(name) => match shared.groups.get(&name) {
                    Some(group) => self.group(file, &span, &step, group, shared, &mut out),
                    None => self.report_at(file, span, format!("there is no shared group `{name}` in shared/steps/")),
                },
            }
        }
        out
    }

    fn group(&mut self, file: &str, span: &Range<usize>, using: &RawStep, group: &Group, shared: &Shared, out: &mut Expanded) {
        if using.id.is_some() || using.kind.is_some() || using.question.is_some() || using.label.is_some() {
            self.report_at(file, span.clone(), "a step with `use` takes everything from the group; leave out id, kind, label and question".into());
        }
        let own: BTreeSet<&str> = group.steps.iter().filter_map(|(_, step)| step.id.as_deref()).collect();
        for name in &using.without {
            if !own.contains(name.as_str()) {
                self.report_at(file, span.clone(), format!("`without` names `{name}`, which the group does not have"));
            }
        }
        let times = match (using.repeat_max, &using.more, &using.prefix) {
            (None, None, _) => None,
            (Some(times), Some(more), Some(_)) if (2..=REPEAT_MAX).contains(&times) => Some((times, more.clone())),
            _ => {
                self.report_at(file, span.clone(), format!("a repeated group needs `as`, `more` and a `repeat_max` of 2 to {REPEAT_MAX}"));
                return;
            }
        };
        for turn in 1..=times.as_ref().map_or(1, |(times, _)| *times) {
            let prefix = match (&using.prefix, &times) {
                (None, _) => String::new(),
                (Some(prefix), None) => format!("{prefix}_"),
                (Some(prefix), Some(_)) => format!("{prefix}_{turn}_"),
            };
            let asked_on = (turn > 1).then(|| format!("{}_{}_lagi == 'ya'", using.prefix.as_deref().unwrap_or_default(), turn - 1));
            let condition = both(using.when.as_deref(), asked_on.as_deref());
            for (member_span, member) in group.steps.iter().filter(|(_, step)| step.id.as_deref().is_none_or(|id| !using.without.iter().any(|out| out == id))) {
                let step = in_group(member.clone(), using, &prefix, &own, turn, condition.as_deref());
                self.plain(&group.file, member_span.clone(), step, shared, out);
            }
            if let Some((times, more)) = &times
                && turn < *times
            {
                out.steps.push(Written { file: file.to_owned(), span: span.clone(), step: another(&prefix, more, condition, shared) });
            }
        }
    }

    fn plain(&mut self, file: &str, span: Range<usize>, step: RawStep, shared: &Shared, out: &mut Expanded) {
        if step.any.is_empty() {
            out.steps.push(Written { file: file.to_owned(), span, step });
            return;
        }
        let (Some(id), Some(question)) = (step.id.clone(), step.question.clone()) else {
            self.report_at(file, span, "a step with `any` needs an `id` and a `question`".into());
            return;
        };
        if step.kind != Some(RawKind::Paper) || step.paper.is_some() {
            self.report_at(file, span.clone(), "`any` belongs to a step of kind paper, in place of `paper`".into());
        }
        let mut choices = Vec::new();
        for paper in &step.any {
            match shared.papers.get(paper) {
                Some(paper) => {
                    choices.push(RawChoice { value: paper.id.clone(), label: paper.name.clone(), detail: Some(paper.official.clone()), icon: "papers".into() })
                }
                None => self.report_at(file, span.clone(), format!("there is no paper `{paper}` in shared/papers/")),
            }
        }
        choices.push(RawChoice { value: "belum".into(), label: fixed(shared, "jenis-belum"), detail: None, icon: "no".into() });
        let kind = format!("{id}_jenis");
        let choice = RawStep {
            id: Some(kind.clone()),
            when: step.when.clone(),
            label: step.label.clone(),
            question: Some(question),
            help: step.help.clone(),
            kind: Some(RawKind::Choice),
            choice: choices,
            ..RawStep::default()
        };
        out.steps.push(Written { file: file.to_owned(), span: span.clone(), step: choice });
        for paper in step.any.iter().filter_map(|paper| shared.papers.get(paper)) {
            let shown = RawStep {
                id: Some(format!("{id}_{}", paper.id.replace('-', "_"))),
                when: Some(format!("{kind} == '{}'", paper.id)),
                label: Some(paper.name.clone()),
                question: Some(fixed(shared, "tunjukkan").with("kertas", &paper.name)),
                kind: Some(RawKind::Paper),
                paper: Some(paper.id.clone()),
                pages_min: step.pages_min,
                pages_max: step.pages_max,
                ..RawStep::default()
            };
            out.steps.push(Written { file: file.to_owned(), span: span.clone(), step: shown });
        }
        let offset = span.start;
        let exit = RawExit {
            id: format!("belum-{}", id.replace('_', "-")),
            when: format!("{kind} == 'belum'"),
            title: fixed(shared, "belum-judul"),
            sentences: vec![fixed(shared, "belum-kalimat"), fixed(shared, "belum-kembali")],
            service: None,
            with: Default::default(),
            bring: step.any.iter().map(|paper| RawBring { paper: serde_spanned::Spanned::new(offset..offset, paper.clone()), note: None }).collect(),
        };
        out.exits.push((span, exit));
    }
}

/// A member of a group as one use of it needs it.
fn in_group(mut step: RawStep, using: &RawStep, prefix: &str, own: &BTreeSet<&str>, turn: usize, condition: Option<&str>) -> RawStep {
    step.id = step.id.map(|id| format!("{prefix}{id}"));
    step.when = both(condition, step.when.map(|when| prefixed(&when, prefix, own)).as_deref());
    step.field = step.field.map(|field| field.replace("{form}", using.field.as_deref().unwrap_or("{form}")));
    let nobody = Text::same("");
    let who = using.who.as_ref().unwrap_or(&nobody);
    let number = Text::same(&turn.to_string());
    for text in [&mut step.label, &mut step.question, &mut step.help].into_iter().flatten() {
        *text = text.with("siapa", who).with("n", &number);
    }
    step
}

/// "Is there another one?"
fn another(prefix: &str, more: &Text, condition: Option<String>, shared: &Shared) -> RawStep {
    let answer = |value: &str, label: &str, icon: &str| RawChoice { value: value.into(), label: fixed(shared, label), detail: None, icon: icon.into() };
    RawStep {
        id: Some(format!("{prefix}lagi")),
        when: condition,
        label: Some(fixed(shared, "lagi-label")),
        question: Some(more.clone()),
        kind: Some(RawKind::Choice),
        choice: vec![answer("ya", "lagi-ya", "add"), answer("tidak", "lagi-tidak", "yes")],
        ..RawStep::default()
    }
}

fn fixed(shared: &Shared, id: &str) -> Text {
    shared.texts.get(id).cloned().unwrap_or_default()
}

fn both(one: Option<&str>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("({one}) && ({other})")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// A group's condition with the group's own names prefixed; text between quotes stays as it is.
fn prefixed(condition: &str, prefix: &str, own: &BTreeSet<&str>) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let mut quote = None;
    for character in condition.chars().chain([' ']) {
        if quote.is_none() && (character.is_ascii_alphanumeric() || character == '_') {
            word.push(character);
            continue;
        }
        if own.contains(word.as_str()) {
            out.push_str(prefix);
        }
        out.push_str(&word);
        word.clear();
        match quote {
            Some(open) if character == open => quote = None,
            None if matches!(character, '\'' | '"') => quote = Some(character),
            _ => {}
        }
        out.push(character);
    }
    out.truncate(out.len() - 1);
    out
}
