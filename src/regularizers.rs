//! stub
use crate::choice::{Choice, Family};
#[derive(Clone, Debug, PartialEq)]
pub struct Regularizer;
pub static FAMILY: Family = Family {
    noun: "regularizer",
    entries: || vec![],
};
impl Regularizer {
    pub fn new(_: &Choice) -> Self {
        Regularizer
    }
    pub fn add(&self, _: &[usize], _: &[f32], _: Option<&mut [f32]>) -> f32 {
        0.0
    }
}
