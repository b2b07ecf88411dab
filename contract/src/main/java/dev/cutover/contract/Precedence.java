package dev.cutover.contract;

/**
 * Says which command may cut short which other one of the same cutover at the same service.
 *
 * <p>A higher epoch alone is not enough: after a service's restart its standing commands come again
 * together with those that rest on them, each with an epoch of its own, and none of them may end
 * the others.
 */
public final class Precedence {
  private Precedence() {}

  private enum Kind {
    /** Keeps something running; what goes back needs it too. */
    STANDING,
    ORDINARY,
    /** Goes back, and waits for nothing. */
    GOES_BACK,
    /** Ends everything, standing work too. */
    ENDS
  }

  /**
   * Pure.
   *
   * @param running runs or waits at the service
   * @param arriving came after it
   * @return true when {@code running} is void: {@code arriving} is a later attempt at the same
   *     step, which keeps the epoch of its decision, so that an attempt that hangs does not hold
   *     the next one up; or it has a higher epoch and goes back, or ends what {@code running} keeps
   *     up
   */
  public static boolean voids(Command running, Command arriving) {
    long epochs = arriving.header().epoch() - running.header().epoch();
    StepRef before = running.header().step();
    StepRef now = arriving.header().step();
    if (before.step().equals(now.step())) {
      return epochs >= 0 && now.attempt() > before.attempt();
    }
    if (epochs <= 0) {
      return false;
    }
    return switch (kind(arriving)) {
      case STANDING, ORDINARY -> false;
      case GOES_BACK -> kind(running) != Kind.STANDING;
      case ENDS -> true;
    };
  }

  /**
   * Names the lane of a command at its service: those of one lane are carried out in order, those
   * of different lanes side by side. A lane is one of a cutover's; only outbound work has several,
   * so that a mail server that hangs delays no step, and no step another, and so have the proofs of
   * views, and comparisons after the switch, which must not hold up checks of a rollback.
   */
  public static String lane(Command command) {
    return command.cutover()
        + switch (command) {
          case OutboundCommand.CallHttp call -> "/" + call.work();
          case OutboundCommand.AskParticipant ask -> "/" + ask.work();
          case OutboundCommand.WriteBundle _ -> "///bundle";
          case OutboundCommand.DeliverNotice notice -> "//" + notice.channel().name();
          case DnsCommand.VerifyView view -> "/" + view.view();
          case ValidatorCommand.CompareChanged compare
              when compare.direction() == Direction.REVERSE ->
              "/reverse";
          case DnsCommand _,
              SyncCommand _,
              ValidatorCommand _,
              MonitorCommand _,
              ParticipantCommand _,
              PersonCommand _ ->
              "";
        };
  }

  private static Kind kind(Command command) {
    return switch (command) {
      case DnsCommand dns ->
          switch (dns) {
            case DnsCommand.CaptureRecords _,
                DnsCommand.StageSwitch _,
                DnsCommand.LowerTtl _,
                DnsCommand.ShiftTraffic _,
                DnsCommand.PutBackRecords _,
                DnsCommand.VerifyTraffic _,
                DnsCommand.VerifySplit _,
                DnsCommand.ReadSwitch _ ->
                Kind.ORDINARY;
            // A proof that the target is served must not hold up that of the source.
            case DnsCommand.VerifyView view ->
                view.side() == Side.SOURCE ? Kind.GOES_BACK : Kind.ORDINARY;
            case DnsCommand.WatchRecords _ -> Kind.STANDING;
            case DnsCommand.RevertTraffic _ -> Kind.GOES_BACK;
            case DnsCommand.RestoreTtl _ -> Kind.ENDS;
          };
      case SyncCommand sync ->
          switch (sync) {
            case SyncCommand.StartForwardSync _,
                SyncCommand.StartReverseSync _,
                SyncCommand.WatchSchema _ ->
                Kind.STANDING;
            case SyncCommand.PrepareReplication _,
                SyncCommand.ProveRoundTrip _,
                SyncCommand.AlignSequences _,
                SyncCommand.FenceSource _,
                SyncCommand.OpenTarget _,
                SyncCommand.DrainReverse _,
                SyncCommand.DrillFence _,
                SyncCommand.ReadDatabases _,
                SyncCommand.RenderSql _,
                SyncCommand.ExportDelta _,
                SyncCommand.ApplyDelta _,
                SyncCommand.CountLoss _ ->
                Kind.ORDINARY;
            case SyncCommand.FenceTarget _,
                SyncCommand.OpenSource _,
                SyncCommand.OpenSourceAlone _ ->
                Kind.GOES_BACK;
            case SyncCommand.DropReplication _ -> Kind.ENDS;
          };
      case ValidatorCommand validator ->
          switch (validator) {
            case ValidatorCommand.CompareData _,
                ValidatorCommand.CompareChanged _,
                ValidatorCommand.ValidateFinal _,
                ValidatorCommand.RunChecks _ ->
                Kind.ORDINARY;
          };
      case MonitorCommand monitor ->
          switch (monitor) {
            case MonitorCommand.LearnBaseline _ -> Kind.ORDINARY;
            case MonitorCommand.WatchHealth _ -> Kind.STANDING;
            case MonitorCommand.StopWatching _ -> Kind.ENDS;
          };
      case OutboundCommand outbound ->
          switch (outbound) {
            case OutboundCommand.CallHttp call -> call.undo() ? Kind.GOES_BACK : Kind.ORDINARY;
            case OutboundCommand.AskParticipant ask -> ask.undo() ? Kind.GOES_BACK : Kind.ORDINARY;
            case OutboundCommand.WriteBundle _, OutboundCommand.DeliverNotice _ -> Kind.ORDINARY;
          };
      case ParticipantCommand.DoStep order -> order.undo() ? Kind.GOES_BACK : Kind.ORDINARY;
      case PersonCommand.DoByHand order -> order.undo() ? Kind.GOES_BACK : Kind.ORDINARY;
    };
  }
}
