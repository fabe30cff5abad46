/// What the log tells at one position: for those who keep a picture of the queue elsewhere.
public enum SpoolEntry: Hashable, Sendable {
    case accepted(AcceptedMessage)
    case changed(QueueChange)
}
