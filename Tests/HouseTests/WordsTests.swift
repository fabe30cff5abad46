import Testing

/// What stands in this repository is about the product.
@Suite struct WordsTests {
    @Test func `no file speaks of the place where it was written`() {
        // Put together here, so that this file does not name them either.
        let words = [
            "helper" + "-", "farm" + "-", "sandbox " + "session", "/work/" + "main",
            "/work/" + "shared", "/work/" + "brief",
        ]
        for file in Repository.texts {
            let text = file.text.lowercased()
            for word in words where text.contains(word) {
                Issue.record("\(file.path) has \"\(word)\"")
            }
        }
    }
}
