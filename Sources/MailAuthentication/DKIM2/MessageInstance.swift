/// A Message-Instance field as read (draft-ietf-dkim-dkim2-spec-04 §7): the hashes of a message as
/// one hop sent it, and how to restore the message as that hop received it.
struct MessageInstance: Sendable {
    struct Hashes: Sendable {
        let header: [UInt8]
        let body: [UInt8]
    }

    /// `m=`
    let number: Int
    /// The SHA-256 hashes of `h=`; nil when it has only algorithms that we do not know.
    let hashes: Hashes?
    /// `r=`; nil: nothing was changed.
    let recipe: MessageRecipe?
    let tags: DKIM2TagList

    init(_ field: RawField) throws(DKIM2Fault) {
        let tags = try DKIM2TagList(field)
        guard let digits = tags["m"] else {
            throw DKIM2Fault("A Message-Instance field has no tag m=.")
        }
        guard let number = DKIM2TagList.number(digits), number > 0,
            number <= Limits.dkim2Instances
        else {
            throw DKIM2Fault(
                "A Message-Instance field has a number m= that is not between 1 and "
                    + "\(Limits.dkim2Instances).")
        }
        guard let list = tags["h"] else {
            throw DKIM2Fault("Message-Instance \(number) has no tag h=.")
        }
        self.number = Int(number)
        self.tags = tags
        hashes = try Self.hashes(list, Int(number))
        recipe = try tags["r"].map { octets throws(DKIM2Fault) in
            try Self.recipe(octets, Int(number))
        }
    }

    private static func hashes(
        _ list: ArraySlice<UInt8>, _ number: Int
    ) throws(DKIM2Fault) -> Hashes? {
        let sets = list.split(
            separator: UInt8(ascii: ","), maxSplits: Limits.dkim2Alternatives,
            omittingEmptySubsequences: false)
        guard sets.count <= Limits.dkim2Alternatives else {
            throw DKIM2Fault(
                "Message-Instance \(number) has more than \(Limits.dkim2Alternatives) hashes.")
        }
        var found: Hashes?
        for set in sets {
            let pieces = set.split(
                separator: Octet.colon, maxSplits: 2, omittingEmptySubsequences: false)
            guard pieces.count == 3, pieces.allSatisfy({ !$0.isEmpty }) else {
                throw DKIM2Fault(
                    "Message-Instance \(number) has a hash without name or value in h=.")
            }
            guard pieces[0].elementsEqual("sha256".utf8, by: { $0.lowercased == $1 }) else {
                continue
            }
            guard found == nil else {
                throw DKIM2Fault("Message-Instance \(number) has two hashes of one algorithm.")
            }
            guard let header = Base64.decode(pieces[1]), let body = Base64.decode(pieces[2]),
                header.count == 32, body.count == 32
            else { throw DKIM2Fault("Message-Instance \(number) has a malformed hash in h=.") }
            found = Hashes(header: header, body: body)
        }
        return found
    }

    private static func recipe(
        _ octets: ArraySlice<UInt8>, _ number: Int
    ) throws(DKIM2Fault) -> MessageRecipe {
        guard octets.count / 4 * 3 <= Limits.dkim2RecipeOctets else {
            throw DKIM2Fault(
                "The recipe of Message-Instance \(number) has more than "
                    + "\(Limits.dkim2RecipeOctets) octets.")
        }
        guard let text = Base64.decode(octets) else {
            throw DKIM2Fault("The recipe of Message-Instance \(number) is not valid base64.")
        }
        do {
            return try RecipeReader.read(text)
        } catch {
            throw DKIM2Fault("The recipe of Message-Instance \(number) \(error.reason).")
        }
    }
}
