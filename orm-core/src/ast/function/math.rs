//! Functions of mathematics.

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathFunction {
    /// Without its sign.
    Abs,
    /// The next integer upwards.
    Ceil,
    /// The next integer downwards.
    Floor,
    /// Rounded half away from zero, to so many decimal places.
    Round(i8),
    /// The first to the power of the second.
    Power,
    /// The square root.
    Sqrt,
    /// -1, 0 or 1.
    Sign,
    /// The power of e.
    Exp,
    /// The natural logarithm.
    Ln,
    /// The logarithm of the first to the base of the second.
    Log,
    /// A random number from 0 up to 1; no argument.
    Random,
    /// π; no argument.
    Pi,
    /// The arc cosine.
    Acos,
    /// The arc sine.
    Asin,
    /// The arc tangent.
    Atan,
    /// The arc tangent of the first divided by the second, in the right quadrant.
    Atan2,
    /// The cosine.
    Cos,
    /// The cotangent.
    Cot,
    /// The sine.
    Sin,
    /// The tangent.
    Tan,
    /// Radians in degrees.
    Degrees,
    /// Degrees in radians.
    Radians,
}

impl MathFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            MathFunction::Abs => "abs",
            MathFunction::Ceil => "ceil",
            MathFunction::Floor => "floor",
            MathFunction::Round(_) => "round",
            MathFunction::Power => "power",
            MathFunction::Sqrt => "sqrt",
            MathFunction::Sign => "sign",
            MathFunction::Exp => "exp",
            MathFunction::Ln => "ln",
            MathFunction::Log => "log",
            MathFunction::Random => "random",
            MathFunction::Pi => "pi",
            MathFunction::Acos => "acos",
            MathFunction::Asin => "asin",
            MathFunction::Atan => "atan",
            MathFunction::Atan2 => "atan2",
            MathFunction::Cos => "cos",
            MathFunction::Cot => "cot",
            MathFunction::Sin => "sin",
            MathFunction::Tan => "tan",
            MathFunction::Degrees => "degrees",
            MathFunction::Radians => "radians",
        }
    }
}
