//! Adam: momentum and a step of its own for every weight (Keras' `optimizers/adam.py`; Kingma and Ba,
//! 2015), with AMSGrad (Reddi et al., 2018), and with weight decay (AdamW; Loshchilov and Hutter, 2019).

use super::{
    Adam, BETA_1, BETA_2, EPSILON, Moment, Number, OptimizerKind, Recorder, Rule, Step, Update,
    Variable, apply, flag, float, learning_rate, options, zeros,
};
use crate::options::{ClassSpec, ConfigObject, OptionSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adam",
        name: "adam",
        aliases: &[],
        label: "Adam",
        doc: help_text(
            "Momentum, and a step of its own for every weight: learns well without much tuning.",
        ),
        formula: help_text(
            "m, v: running means of g, g^2; w <- w - lr sqrt(1 - beta2^t) / \
             (1 - beta1^t) m / (sqrt(v) + eps)",
        ),
        options: options!([&learning_rate(0.001), &BETA_1, &BETA_2, &EPSILON, &AMSGRAD]),
        group: "",
        shared: &[],
    },
    build,
};

pub static DECAYING: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "AdamW",
        name: "adamw",
        aliases: &[],
        label: "Adam with weight decay (AdamW)",
        doc: help_text(
            "Adam, and every weight shrinks a little at each step, so that none grows without need.",
        ),
        formula: help_text("w <- w - lr decay w, then as Adam"),
        options: options!(
            [&learning_rate(0.001), &BETA_1, &BETA_2, &EPSILON, &AMSGRAD],
            float(
                "weight_decay",
                "weight decay",
                (0.0, 1e30),
                0.004,
                "Every weight loses this share, times the learning rate, before it is moved.",
            )
        ),
        group: "",
        shared: &[],
    },
    build,
};

const AMSGRAD: OptionSpec = flag(
    "amsgrad",
    "AMSGrad",
    false,
    "Divides by the largest running mean of g^2 so far.",
);

fn build(choice: &ConfigObject) -> Box<dyn Rule> {
    Box::new(AdamRule {
        adam: Adam {
            beta_1: choice.number("beta_1"),
            beta_2: choice.number("beta_2"),
            epsilon: choice.number("epsilon") as f32,
        },
        amsgrad: choice.flag("amsgrad"),
    })
}

struct AdamRule {
    adam: Adam,
    amsgrad: bool,
}

/// Slots: running means of g and g^2; the largest of the latter where asked for.
impl Rule for AdamRule {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2 + usize::from(self.amsgrad), n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum", "velocity", "velocity hat"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        match self.amsgrad {
            false => apply(&self.adam, update),
            true => apply(&Amsgrad(self.adam), update),
        }
    }
}

/// Adam that divides by the largest running mean of g^2 so far.
struct Amsgrad(Adam);

impl Step<3, 4> for Amsgrad {
    const SYMBOLS: [&'static str; 3] = ["m", "v", "v̂"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 4] {
        self.0.scalars(recorder, moment)
    }

    #[inline(always)]
    fn step<N: Number>(scalars: [N; 4], w: N, g: N, [m, v, top]: [N; 3]) -> (N, [N; 3]) {
        let [m, v] = Adam::means(scalars, g, [m, v]);
        let top = v.greater(top).named("v̂");
        (w - Adam::stepped(scalars, m, top), [m, v, top])
    }
}
