import Spool
import Testing

@Suite struct RequestTests {
    @Test func `a request reaches the server that has the folder open`() async throws {
        try await SpoolBed.withFolder { folder in
            let options = SpoolBed.options()
            let (spool, _) = try Spool.open(folder, options: options)
            let ids = (0..<4).map { _ in spool.nextIdentifier() }
            for id in ids { try await spool.accept(SpoolBed.message(id)) }
            let requests = [
                SpoolRequest(.hold(reason: "wait"), messages: [ids[0], ids[1]], by: "root"),
                SpoolRequest(.release, messages: [ids[1], ids[2]], by: "root"),
                SpoolRequest(.delete(reason: "unwanted"), messages: [ids[3]], by: "root"),
                SpoolRequest(.requeue, messages: [ids[2]], by: "root"),
                SpoolRequest(.flush, by: "root"),
            ]
            for request in requests {
                #expect(try await Spool.submit(request, folder: folder, options: options) == false)
                let taken = try await spool.takeRequests()
                #expect(taken == [request])
            }
            #expect(try await spool.takeRequests().isEmpty)
            #expect(spool.state(of: ids[0])?.holdReason == "wait")
            #expect(spool.state(of: ids[1])?.holdReason == nil)
            #expect(spool.state(of: ids[3]) == nil)
            // What is no request is taken away.
            try SpoolBed.write(folder + "/requests/x.request", [1, 2, 3])
            #expect(try await spool.takeRequests().isEmpty)
            #expect(try FileDisk().list(folder + "/requests").isEmpty)
            spool.close()
        }
    }

    @Test func `without a server the request is carried out at once`() async throws {
        try await SpoolBed.withFolder { folder in
            let options = SpoolBed.options()
            let (spool, _) = try Spool.open(folder, options: options)
            let id = spool.nextIdentifier()
            try await spool.accept(SpoolBed.message(id))
            spool.close()
            let request = SpoolRequest(.hold(reason: "wait"), messages: [id], by: "root")
            #expect(try await Spool.submit(request, folder: folder, options: options))
            let reader = try Spool.read(folder, options: options)
            #expect(reader.messages.map(\.holdReason) == ["wait"])
        }
    }

    @Test func `requests have their bounds`() async throws {
        try await SpoolBed.withFolder { folder in
            let options = SpoolBed.options()
            let (spool, _) = try Spool.open(folder, options: options)
            let many = [QueueIdentifier](
                repeating: spool.nextIdentifier(), count: SpoolLimits.requestOctets / 8)
            let request = SpoolRequest(.release, messages: many, by: "root")
            await #expect(throws: SpoolError.tooLarge) {
                try await Spool.submit(request, folder: folder, options: options)
            }
            for index in 0...SpoolLimits.requestsAtOnce {
                try SpoolBed.write(folder + "/requests/\(index).request", [0])
            }
            try SpoolBed.write(
                folder + "/requests/9.request",
                [UInt8](repeating: 5, count: SpoolLimits.requestOctets + 1))
            #expect(try await spool.takeRequests().isEmpty)
            #expect(try FileDisk().list(folder + "/requests").count == 1)
            spool.close()
        }
    }

    @Test func `a reader sees what a server has, while it has it`() async throws {
        try await SpoolBed.withFolder { folder in
            let options = SpoolBed.options()
            let (spool, _) = try Spool.open(folder, options: options)
            let ids = (0..<50).map { _ in spool.nextIdentifier() }
            for id in ids { try await spool.accept(SpoolBed.message(id)) }
            let reader = try Spool.read(folder, options: options)
            #expect(reader.messages.map(\.id) == ids)
            #expect(try reader.message(ids[7]).id == ids[7])
            #expect(throws: SpoolError.unknown(QueueIdentifier(rawValue: 1))) {
                try reader.message(QueueIdentifier(rawValue: 1))
            }
            let today = UTCDay(containing: SystemTime.milliseconds())
            #expect(try reader.balance(today).isBalanced)
            #expect(try reader.verifyChain().isWhole)
            // Enough that segments are used again, unless new ones were made sooner.
            for id in ids { try await spool.record(SpoolBed.delivered(id)) }
            for _ in 0..<60 {
                let id = spool.nextIdentifier()
                try await spool.accept(
                    SpoolBed.message(id, content: [UInt8](repeating: 1, count: 8_000)))
                try await spool.record(SpoolBed.delivered(id))
            }
            // A reader tells what it read while that stands, and else what is there now.
            let balance = try reader.balance(today)
            #expect(balance.isBalanced && [50, 110].contains(balance.accepted))
            let later = try Spool.read(folder, options: options).balance(today)
            #expect(later.isBalanced && later.accepted == 110)
            spool.close()
        }
    }
}
