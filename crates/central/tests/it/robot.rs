//! A resident who fills in any service: answers what is asked, turns back from an exit and tries the next card.
//!
//! It knows kinds of questions and no service, so that tests stand when the questions of a service change.

use catalogue::route::End;
use catalogue::{Answers, Catalogue, EntryKind, Level, PickFrom, Route, Service, Step, StepKind};
use jiff::civil::Date;

use crate::harness::{NAME, NIK};

/// Answers that lead through all `services` to a submission. A wish is a question id and its answer.
pub fn fill(catalogue: &Catalogue, services: &[&str], wishes: &[(&str, &str)], today: Date) -> Answers {
    let services: Vec<&Service> = services.iter().map(|id| catalogue.service(id).unwrap_or_else(|| panic!("`{id}` is offered"))).collect();
    let resident = Resident { catalogue, services, wishes, today };
    let mut answers = Answers::default();
    assert!(resident.go_on(&mut answers), "no way leads to a submission with these wishes: {wishes:?}");
    answers
}

struct Resident<'a> {
    catalogue: &'a Catalogue,
    services: Vec<&'a Service>,
    wishes: &'a [(&'a str, &'a str)],
    today: Date,
}

impl Resident<'_> {
    fn go_on(&self, answers: &mut Answers) -> bool {
        let step = match Route::walk_visit(self.catalogue, &self.services, answers, self.today).end {
            End::Complete => return true,
            End::Exit(_) => return false,
            End::Ask(step) => step,
        };
        if let StepKind::Paper { pages_min, .. } = step.kind {
            answers.pages.insert(step.id.clone(), pages_min);
            return self.go_on(answers) || answers.pages.remove(&step.id).is_none();
        }
        for value in self.values(step, answers) {
            answers.set(&step.id, &value);
            if self.go_on(answers) {
                return true;
            }
        }
        answers.values.remove(&step.id);
        false
    }

    /// Values to try, in order.
    fn values(&self, step: &Step, answers: &Answers) -> Vec<String> {
        if let Some((_, wish)) = self.wishes.iter().find(|(id, _)| *id == step.id) {
            return vec![(*wish).to_owned()];
        }
        match &step.kind {
            // "One more?" is answered with no first, or nobody would ever finish.
            StepKind::Choice { choices } if step.id.ends_with("_lagi") => choices.iter().rev().map(|choice| choice.value.clone()).collect(),
            StepKind::Choice { choices } => choices.iter().map(|choice| choice.value.clone()).collect(),
            StepKind::Entry { kind, .. } => vec![entry(*kind, &step.id, answers)],
            StepKind::Pick { from, .. } => vec![match from {
                PickFrom::Occupation => "1".to_owned(),
                PickFrom::Region(Level::Kelurahan) => "35.78.07.1003".to_owned(),
                PickFrom::Region(Level::Kecamatan) => "35.15.01".to_owned(),
                PickFrom::Region(Level::Kabupaten) => "35.15".to_owned(),
            }],
            StepKind::Paper { .. } => Vec::new(),
        }
    }
}

/// A value that no rule objects to. Every person is invented and has another NIK.
fn entry(kind: EntryKind, id: &str, answers: &Answers) -> String {
    match kind {
        EntryKind::Nik if id == "nik" => NIK.to_owned(),
        EntryKind::Nik => format!("357801{:02}06850000", 1 + answers.values.len() % 28),
        EntryKind::Kk => "3578010101120000".to_owned(),
        EntryKind::Name { .. } if id == "nama" => NAME.to_owned(),
        EntryKind::Name { .. } => "JOKO SUSILO".to_owned(),
        EntryKind::BirthDate if id == "tanggal_lahir" => "1990-07-05".to_owned(),
        EntryKind::BirthDate if id.starts_with("bayi") => "2026-11-01".to_owned(),
        EntryKind::BirthDate => "1985-06-10".to_owned(),
        EntryKind::Date => "2026-11-02".to_owned(),
        EntryKind::PlanDate => "2026-12-15".to_owned(),
        EntryKind::Time => "09.30".to_owned(),
        EntryKind::Phone => "081200000000".to_owned(),
        EntryKind::Email => "warga@example.id".to_owned(),
        EntryKind::Text { .. } => "JALAN MELATI 12".to_owned(),
        EntryKind::Number { min, .. } => min.to_string(),
        EntryKind::Akta => "3578-LU-05072026-0001".to_owned(),
        EntryKind::Skpwni => "SKPWNI/3515/01112026/0001".to_owned(),
        EntryKind::Letter => "470/12/2026".to_owned(),
    }
}
