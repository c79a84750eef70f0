//! The Rust types of options: each is for some kinds of option, which the compiler checks, and is read from a value.

use super::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};
use std::marker::PhantomData;

/// An option of Keras that takes one value here ([`Kind::Fixed`], or a list of one word): there is nothing to read.
/// (Marker types are the ones whose fields may stay unread.)
pub type Fixed = PhantomData<()>;

/// An option that changes no number here, such as `verbose`: it is checked, kept, and written to the Keras script. (Of a
/// marker type, as [`Fixed`], so that there is nothing to read.)
pub type NoEffect = PhantomData<Value>;

/// A number of an option, or a class of a list that makes one, such as a schedule.
pub enum NumberOr {
    /// The number.
    Number(f64),
    /// The class.
    Class(ConfigObject),
}

/// What kinds of option a type is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// [`Kind::Bool`].
    Bool,
    /// [`Kind::Int`].
    Int,
    /// [`Kind::Float`], [`Kind::MaybeFloat`].
    Float,
    /// [`Kind::OneOf`], [`Kind::OneOfHere`].
    Word,
    /// [`Kind::Of`].
    Class,
    /// [`Kind::FloatOr`].
    FloatOr,
    /// [`Kind::Shape`].
    Shape,
    /// [`Kind::Ints`], [`Kind::MaybeInts`].
    Ints,
    /// [`Kind::Floats`], [`Kind::OneOrTwo`].
    Floats,
    /// [`Kind::Texts`].
    Texts,
    /// [`Kind::Text`].
    Text,
    /// [`Kind::List`].
    List,
    /// [`Kind::ClassWeights`].
    ClassWeights,
    /// [`Kind::Fixed`]; [`Kind::OneOf`] and [`Kind::OneOfHere`] of a single word.
    Fixed,
    /// Any: the value as it was read.
    Any,
}

impl Kind {
    const fn holds(&self) -> Holds {
        match self {
            Kind::Bool => Holds::Bool,
            Kind::Int(..) => Holds::Int,
            Kind::Float(..) | Kind::MaybeFloat(..) => Holds::Float,
            Kind::OneOf([_]) | Kind::OneOfHere([_], _) | Kind::Fixed(..) => Holds::Fixed,
            Kind::OneOf(..) | Kind::OneOfHere(..) => Holds::Word,
            Kind::Of(..) => Holds::Class,
            Kind::FloatOr(..) => Holds::FloatOr,
            Kind::Shape => Holds::Shape,
            Kind::Ints(..) | Kind::MaybeInts(..) => Holds::Ints,
            Kind::Floats(..) | Kind::OneOrTwo(..) => Holds::Floats,
            Kind::Texts => Holds::Texts,
            Kind::Text => Holds::Text,
            Kind::List(..) => Holds::List,
            Kind::ClassWeights => Holds::ClassWeights,
        }
    }
}

/// A Rust type of an option.
pub trait FromValue: Sized {
    /// The kinds of option that it is for.
    const HOLDS: Holds;
    /// Whether it can say `None`.
    const NULLABLE: bool = false;
    /// The value of an option of that kind; `None` for any other value.
    fn from_value(value: &Value) -> Option<Self>;
    /// What stands for a value that cannot be: the reader lets none of another kind pass.
    fn absent() -> Self;
}

/// Fails to compile where a type is not for the kind of an option, or cannot say that there is none.
pub const fn check<T: FromValue>(option: &OptionSpec, field: &str) {
    let kind = option.kind.holds();
    assert!(
        matches!(T::HOLDS, Holds::Any) || T::HOLDS as u8 == kind as u8,
        "an option's type is not for its kind"
    );
    let null = matches!(option.default, Default::Null) && !matches!(option.kind, Kind::Fixed(_))
        || matches!(option.kind, Kind::MaybeFloat(..));
    // An empty list says it, too.
    let list = matches!(
        T::HOLDS,
        Holds::Ints | Holds::Floats | Holds::Texts | Holds::List | Holds::ClassWeights | Holds::Any
    );
    assert!(
        !null || list || T::NULLABLE,
        "an option that may be None has a type that cannot say so"
    );
    let (name, field) = (option.name.as_bytes(), field.as_bytes());
    assert!(
        name.len() == field.len(),
        "a field is not called as its option"
    );
    let mut i = 0;
    while i < name.len() {
        assert!(name[i] == field[i], "a field is not called as its option");
        i += 1;
    }
}

/// The next of the values, as the type of its option. (A call for each option: 900 inlined copies were 40 KB of the first
/// load.)
#[inline(never)]
pub fn next<T: FromValue>(values: &mut std::slice::Iter<'_, Value>) -> T {
    values
        .next()
        .and_then(T::from_value)
        .unwrap_or_else(T::absent)
}

macro_rules! from_value {
    ($($type:ty: $holds:ident, $absent:expr, $pattern:pat => $value:expr;)+) => {
        $(impl FromValue for $type {
            const HOLDS: Holds = Holds::$holds;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $value,
                    _ => None,
                }
            }

            fn absent() -> Self {
                $absent
            }
        })+
    };
}

from_value! {
    bool: Bool, false, Value::Bool(v) => Some(*v);
    i64: Int, 0, Value::Int(v) => Some(*v);
    usize: Int, 0, Value::Int(v) => usize::try_from(*v).ok();
    u64: Int, 0, Value::Int(v) => u64::try_from(*v).ok();
    f64: Float, 0.0, Value::Float(v) => Some(*v);
    f32: Float, 0.0, Value::Float(v) => Some(*v as f32);
    &'static str: Word, "", Value::Word(v) => Some(v);
    Vec<Option<usize>>: Shape, Vec::new(), Value::Shape(v) => Some(v.clone());
    Vec<i64>: Ints, Vec::new(), Value::Ints(v) => Some(v.clone());
    Vec<f64>: Floats, Vec::new(), Value::Floats(v) => Some(v.clone());
    Vec<String>: Texts, Vec::new(), Value::Texts(v) => Some(v.clone());
    String: Text, String::new(), Value::Text(v) => Some(v.clone());
    Vec<ConfigObject>: List, Vec::new(), Value::List(v) => Some(v.clone());
    Vec<(i32, f64)>: ClassWeights, Vec::new(), Value::ClassWeights(v) => Some(v.clone());
    Fixed: Fixed, PhantomData, Value::Null => Some(PhantomData);
}

/// The class of an option that is none: no reader lets one pass.
static NOTHING: ClassSpec = ClassSpec {
    class_name: "",
    name: "",
    aliases: &[],
    label: "",
    doc: help_text(""),
    formula: help_text(""),
    group: help_text(""),
    options: &[],
    shared: &[],
};

impl FromValue for ConfigObject {
    const HOLDS: Holds = Holds::Class;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::ConfigObject(v) => Some((**v).clone()),
            _ => None,
        }
    }

    fn absent() -> Self {
        ConfigObject {
            class: &NOTHING,
            spelling: "",
            values: Vec::new(),
        }
    }
}

impl FromValue for NumberOr {
    const HOLDS: Holds = Holds::FloatOr;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Float(v) => Some(NumberOr::Number(*v)),
            Value::ConfigObject(v) => Some(NumberOr::Class((**v).clone())),
            _ => None,
        }
    }

    fn absent() -> Self {
        NumberOr::Number(0.0)
    }
}

impl FromValue for Value {
    const HOLDS: Holds = Holds::Any;
    const NULLABLE: bool = true;

    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }

    fn absent() -> Self {
        Value::Null
    }
}

impl FromValue for NoEffect {
    const HOLDS: Holds = Holds::Any;

    fn from_value(_: &Value) -> Option<Self> {
        Some(PhantomData)
    }

    fn absent() -> Self {
        PhantomData
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const HOLDS: Holds = T::HOLDS;
    const NULLABLE: bool = true;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn absent() -> Self {
        None
    }
}
