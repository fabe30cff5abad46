import DomainAnalysis
import Testing

@Suite("The network among the evidence")
struct NetworkEvidenceTests {
    static let network = SourceObservation.Network(
        number: 64_500, organisation: "Example Net", country: "SE")

    @Test("a network is shown beside stronger evidence, and changes neither name nor confidence")
    func changesNothing() {
        for testCase in IdentificationTests.services + IdentificationTests.shared {
            var observation = testCase.observation
            observation.network = Self.network
            let before = Sample.identify(testCase.observation)
            let after = Sample.identify(observation)
            let isNamed = before.serviceID == nil || before.confidence > .weak
            guard isNamed, before.key != "unknown" else { continue }
            #expect(after.key == before.key, "\(testCase.title)")
            #expect(after.name == before.name, "\(testCase.title)")
            #expect(after.confidence == before.confidence, "\(testCase.title)")
            #expect(after.evidence.filter { $0.kind == .network }.count == 1)
            #expect(after.evidence.filter { $0.kind != .network } == before.evidence)
        }
    }

    @Test("it stands after the server's name and before the selector's")
    func order() {
        let identification = Sample.identify(
            Sample.observation(
                dkim: [Sample.signature("example.com", selector: "mte1")],
                reverse: Sample.confirmed("mail1.mandrillapp.com"), network: Self.network))
        #expect(identification.evidence.map(\.kind) == [.reverseName, .network, .selector])
        #expect(
            identification.evidence[1].observation
                == "The address is in AS64500 (Example Net), country SE")
    }

    @Test("a network never proves a message: what it carried is classified as without it")
    func neverAuthorises() {
        var observation = Sample.observation(reverse: .none)
        let classifier = SourceClassifier()
        let bare = classifier.classify(
            observation, Sample.identify(observation), isAligned: false)
        observation.network = Self.network
        let placed = classifier.classify(
            observation, Sample.identify(observation), isAligned: false)
        #expect(placed.sourceClass == bare.sourceClass)
        #expect(placed.reason == bare.reason)
    }
}
