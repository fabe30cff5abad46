extension Replay {
    /// The bounds of one replay.
    public enum Limits {
        /// Look-ups under way at the same time.
        public static let concurrentLookups = 32
        /// Different names whose DNS is asked in one replay, those with the most messages first.
        /// Rows beyond it are undetermined: forged mail may come from any number of names.
        public static let names = 50_000
        /// Characters of a refused proposal that are shown again.
        public static let excerptCharacters = 80
    }
}
