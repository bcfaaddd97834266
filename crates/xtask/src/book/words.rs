//! Conditions in words: what CEL says, as an official would say it, with the labels of the questions and their choices.
//!
//! It reads the same syntax tree the kiosk runs and covers what the catalogue uses; a condition that holds something else is
//! shown in CEL alone, never half translated.

use catalogue::{Catalogue, EntryKind, PickFrom, Rule, Service, Step, StepKind};
use cel::Program;
use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

/// Conditions of one service in words.
pub struct Speaker<'a> {
    pub catalogue: &'a Catalogue,
    pub service: &'a Service,
}

impl Speaker<'_> {
    /// The condition in words, when all of it can be said.
    pub fn say(&self, rule: &Rule) -> Option<String> {
        let program = Program::compile(rule.source()).ok()?;
        self.sentence(&program.expression().expr, false)
    }

    /// The condition in words, or as it is written.
    pub fn say_or_show(&self, rule: &Rule) -> String {
        self.say(rule).unwrap_or_else(|| rule.source().to_owned())
    }

    /// `inner` asks for brackets around what would be read wrongly beside "dan".
    fn sentence(&self, expression: &Expr, inner: bool) -> Option<String> {
        let Expr::Call(call) = expression else { return None };
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [left, right]) => {
                if let Some(said) = self.guarded(left, right) {
                    return Some(said);
                }
                Some(format!("{} dan {}", self.sentence(&left.expr, true)?, self.sentence(&right.expr, true)?))
            }
            (operators::LOGICAL_OR, [left, right]) => {
                let said = format!("{} atau {}", self.sentence(&left.expr, false)?, self.sentence(&right.expr, false)?);
                Some(if inner { format!("({said})") } else { said })
            }
            (operators::LOGICAL_NOT, [part]) => Some(format!("tidak benar bahwa ({})", self.sentence(&part.expr, false)?)),
            (operators::IN, [left, right]) => {
                let step = self.step(left)?;
                let Expr::List(list) = &right.expr else { return None };
                let values: Vec<String> = list.elements.iter().map(|value| text(value).map(|value| self.value(step, value))).collect::<Option<_>>()?;
                Some(format!("{} dijawab {}", quoted(step), either(&values)))
            }
            (operators::EQUALS, [left, right]) => self.compared(left, right, true),
            (operators::NOT_EQUALS, [left, right]) => self.compared(left, right, false),
            (operators::LESS, [left, right]) => Some(format!("{} kurang dari {}", self.measure(left)?, self.limit(left, right)?)),
            (operators::LESS_EQUALS, [left, right]) => Some(format!("{} paling banyak {}", self.measure(left)?, self.limit(left, right)?)),
            (operators::GREATER, [left, right]) => Some(format!("{} lebih dari {}", self.measure(left)?, self.limit(left, right)?)),
            (operators::GREATER_EQUALS, [left, right]) => Some(format!("{} paling sedikit {}", self.measure(left)?, self.limit(left, right)?)),
            _ => None,
        }
    }

    /// `tanggal != '' && age(tanggal) < 5`: the guard goes without saying.
    fn guarded(&self, left: &IdedExpr, right: &IdedExpr) -> Option<String> {
        let Expr::Call(guard) = &left.expr else { return None };
        let [name, empty] = guard.args.as_slice() else { return None };
        let (true, Expr::Ident(id), Some("")) = (guard.func_name == operators::NOT_EQUALS, &name.expr, text(empty)) else { return None };
        let Expr::Call(compared) = &right.expr else { return None };
        let looks = compared
            .args
            .iter()
            .any(|part| matches!(&part.expr, Expr::Call(call) if call.args.iter().any(|arg| matches!(&arg.expr, Expr::Ident(other) if other == id))));
        if looks { self.sentence(&right.expr, true) } else { None }
    }

    fn compared(&self, left: &IdedExpr, right: &IdedExpr, same: bool) -> Option<String> {
        if let (Some(step), Some(value)) = (self.step(left), text(right)) {
            let name = quoted(step);
            let is_paper = matches!(step.kind, StepKind::Paper { .. });
            return Some(match (value, same) {
                ("", true) if is_paper => format!("{name} tidak ditunjukkan"),
                ("", false) if is_paper => format!("{name} ditunjukkan"),
                ("", true) => format!("{name} tidak dijawab"),
                ("", false) => format!("{name} dijawab"),
                (value, true) => format!("{name} dijawab {}", self.value(step, value)),
                (value, false) => format!("{name} tidak dijawab {}", self.value(step, value)),
            });
        }
        if let Expr::Call(call) = &left.expr
            && let ("sex_of", [arg], Some(value)) = (call.func_name.as_str(), call.args.as_slice(), text(right))
        {
            let sex = match value {
                "1" => "laki-laki",
                "2" => "perempuan",
                _ => return None,
            };
            return Some(format!("{} {}milik {sex}", quoted(self.step(arg)?), if same { "" } else { "bukan " }));
        }
        if let (Some(one), Some(other)) = (self.step(left), self.step(right)) {
            return Some(format!("{} {} {}", quoted(one), if same { "sama dengan" } else { "berbeda dengan" }, quoted(other)));
        }
        let word = if same { "tepat" } else { "bukan" };
        Some(format!("{} {word} {}", self.measure(left)?, self.limit(left, right)?))
    }

    /// What is measured: "umur menurut “Tanggal lahir”".
    fn measure(&self, expression: &IdedExpr) -> Option<String> {
        let Expr::Call(call) = &expression.expr else { return self.amount(expression) };
        let name = |at: usize| call.args.get(at).and_then(|arg| self.date(arg));
        Some(match call.func_name.as_str() {
            "age" => format!("umur menurut {}", name(0)?),
            "age_on" => format!("umur menurut {} pada {}", name(0)?, name(1)?),
            "days_since" => format!("lama sejak {}", name(0)?),
            "days_until" => format!("waktu sampai {}", name(0)?),
            "working_days_since" => format!("lama sejak {}", name(0)?),
            "number" => format!("angka {}", name(0)?),
            _ => return None,
        })
    }

    /// The limit with the unit of what is measured: "5 tahun", "60 hari (angka kota lapor_lahir_hari)".
    fn limit(&self, measured: &IdedExpr, limit: &IdedExpr) -> Option<String> {
        let unit = match &measured.expr {
            Expr::Call(call) => match call.func_name.as_str() {
                "age" | "age_on" => " tahun",
                "days_since" | "days_until" => " hari",
                "working_days_since" => " hari kerja",
                _ => "",
            },
            _ => "",
        };
        match &limit.expr {
            Expr::Call(_) => self.measure(limit),
            _ => {
                let (number, source) = self.figure(limit)?;
                Some(format!("{number}{unit}{source}"))
            }
        }
    }

    fn amount(&self, expression: &IdedExpr) -> Option<String> {
        self.figure(expression).map(|(number, source)| format!("{number}{source}"))
    }

    /// A number as it is written, or one of the city's with where it stands.
    fn figure(&self, expression: &IdedExpr) -> Option<(i64, String)> {
        match &expression.expr {
            Expr::Literal(LiteralValue::Int(number)) => Some((*number.inner(), String::new())),
            Expr::Select(select) if matches!(&select.operand.expr, Expr::Ident(name) if name == "kota") => {
                let figure = self.catalogue.city.rules.get(&select.field)?;
                Some((figure.value, format!(" (angka kota {})", select.field)))
            }
            _ => None,
        }
    }

    fn date(&self, expression: &IdedExpr) -> Option<String> {
        match &expression.expr {
            Expr::Ident(name) if name == "today" => Some("hari ini".into()),
            _ => self.step(expression).map(quoted),
        }
    }

    fn step(&self, expression: &IdedExpr) -> Option<&Step> {
        let Expr::Ident(name) = &expression.expr else { return None };
        self.service.step(name)
    }

    /// An answer as its card says it.
    fn value(&self, step: &Step, value: &str) -> String {
        let label = match &step.kind {
            StepKind::Choice { choices } => choices.iter().find(|choice| choice.value == value).map(|choice| choice.label.source()),
            StepKind::Pick { from: PickFrom::Occupation, .. } => self.catalogue.list_label("pekerjaan", value).map(|label| label.source()),
            StepKind::Paper { .. } => return format!("{value} halaman"),
            StepKind::Entry { kind: EntryKind::Number { .. }, .. } => return value.to_owned(),
            StepKind::Entry { .. } | StepKind::Pick { .. } => None,
        };
        format!("“{}”", label.unwrap_or(value))
    }
}

fn quoted(step: &Step) -> String {
    format!("“{}”", step.label.source())
}

/// `a`, `b` atau `c`.
fn either(values: &[String]) -> String {
    match values {
        [] => "(tidak ada)".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} atau {last}", most.join(", ")),
    }
}

fn text(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}
