import Glibc

/// Takes as many open files as this process may have: every connection is one, and most systems
/// let a program begin with 1,024.
func raiseOpenFiles() {
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(files, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    // Where it is refused, the limit stays as it was, and connections wait in the kernel.
    setrlimit(files, &limit)
}
