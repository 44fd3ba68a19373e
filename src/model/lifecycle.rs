//! The lifecycle class: where a customer stands in their life with the shop (docs/rules.md, Lifecycle).

use super::vocabulary::codes;

codes! {
    /// Where a customer stands. Derived from the facts and dated, never written into the archive.
    Class {
        /// No order yet.
        Potential = "potential", "潜在客户", "Potential", ["潜在"];
        /// The first order lies a short while back.
        New = "new", "新客户", "New", ["新"];
        /// Neither new nor any of the others.
        Regular = "regular", "常规客户", "Regular", ["常规", "普通"];
        /// A long tenure, and content.
        Loyal = "loyal", "忠实客户", "Loyal", ["忠实"];
        /// A serious complaint, open or recent, or low satisfaction.
        Problem = "problem", "问题客户", "Problem", ["问题"];
        /// No order and no contact for much longer than is usual for them.
        Silent = "silent", "沉默客户", "Silent", ["沉默", "疏离"];
        /// Silent for so long that they count as gone.
        Lost = "lost", "流失客户", "Lost", ["流失"];
    }
}
