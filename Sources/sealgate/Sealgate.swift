import ArgumentParser

/// The program: each subcommand has its own file, and none holds more than wiring and words.
@main
struct Sealgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sealgate",
        abstract: "Shows who sends mail in your name, and leads every domain to full rejection.",
        discussion: """
            First steps:
              sealgate demo                       a console with five made-up domains
              sealgate import PATH                take in DMARC and TLS reports
              sealgate senders --domain D         who sends as D
              sealgate plan --domain D            what stands between D and p=reject
              sealgate change propose --domain D  a change of D's DNS, made when you say so
              sealgate way show D                 the guarded way of D to p=reject
              sealgate verify MESSAGE.eml         what one message proves about its sender

            Exit codes: 0 done; 1 it failed, and the message says why and what to do; 2 done, but
            something was set aside or could not be read; 64 the command line is wrong.
            """,
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, ServeCommand.self, ImportCommand.self, ReportCommand.self,
            IntakeCommand.self, SendersCommand.self, SenderCommand.self, ReplayCommand.self,
            PlanCommand.self, ProgrammeCommand.self,
            VerifyCommand.self, SPFCommand.self, DMARCCommand.self, BIMICommand.self,
            SignCommand.self, SealCommand.self, KeyCommand.self, QueueCommand.self,
            TraceCommand.self, BalanceCommand.self, DoctorCommand.self, SetupCommand.self,
            OrganisationCommand.self, PeopleCommand.self, TokensCommand.self, AuditCommand.self,
            ExportCommand.self,
            ChangeCommand.self, WayCommand.self, EvidenceCommand.self, AlertCommand.self,
            ConfigCommand.self,
        ])
}
