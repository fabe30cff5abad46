import Storage

/// How a place is that reports are fetched from.
enum PlaceWords {
    static func fields(_ state: IntakePlaceState) -> Fields {
        let word =
            switch (state.failure, state.succeededAt) {
            case (_?, _): "Failed"
            case (nil, _?): "Works."
            case (nil, nil): "Not looked into yet."
            }
        return [
            "placeName": ForeignText.value(state.place, limit: 90),
            "placeSign": .text(state.failure == nil ? "●" : "✕"), "placeWord": .text(word),
            "placeFailure": state.failure.map { ForeignText.value($0, limit: 400) },
            "placeFailed": state.failure == nil ? nil : state.failedAt.map(Dates.fields),
            "placeSucceeded": state.succeededAt.map(Dates.fields),
            "placeFound": .number(state.found), "placeTaken": .number(state.taken),
            "placeRefused": .number(state.refused), "placeLeft": .number(state.left),
        ]
    }
}
