package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the break-glass page says of the switch; nothing where the plan has none.
 *
 * @param spec the plan's switch
 * @param staged whether the bundle has its way back as a file
 */
record BreakGlassTraffic(Optional<SwitchSpec> spec, boolean staged) {
  String tsig() {
    return revertable()
        .map(
            traffic ->
                "`TSIG` is key '%s' of the dns-service, as `algorithm:name:secret`.\n"
                    .formatted(traffic.tsigKey()))
        .orElse("");
  }

  String revert() {
    return revertable().map(_ -> "nsupdate -y \"$TSIG\" dns-revert.nsupdate\n").orElse("");
  }

  /** Behind a line that must have succeeded. */
  String revertAfterwards() {
    return revertable().map(_ -> " &&\n" + revert().strip()).orElse("");
  }

  String revertIfAstray() {
    return revertable()
        .map(_ -> " If `dig` shows the target's records:\n\n```sh\n%s```".formatted(revert()))
        .orElse("");
  }

  String liftMark() {
    return revertable().map(_ -> "nsupdate -y \"$TSIG\" dns-lift-mark.nsupdate\n").orElse("");
  }

  String liftMarkNote() {
    return revertable()
        .map(
            _ -> "\n`dns-lift-mark.nsupdate` says NXRRSET where no mark was written: that is well.")
        .orElse("");
  }

  private Optional<SwitchSpec> revertable() {
    return spec.filter(_ -> staged);
  }

  String dig() {
    return spec.map(
            traffic ->
                """

                Traffic is where these answer. %s

                ```sh
                %s
                ```
                """
                    .formatted(
                        traffic.names().stream()
                            .map(BreakGlassTraffic::sides)
                            .collect(Collectors.joining(" ")),
                        traffic.authorities().stream()
                            .flatMap(
                                server ->
                                    traffic.names().stream().flatMap(name -> asked(server, name)))
                            .collect(Collectors.joining("\n"))))
        .orElse("");
  }

  private static Stream<String> asked(ServerAddress server, SwitchedName name) {
    return Stream.concat(name.source().stream(), name.target().stream())
        .map(RecordSet::type)
        .distinct()
        .map(
            type ->
                "dig +short +norecurse -p %d @%s %s %s"
                    .formatted(server.port(), server.host(), name.name(), type));
  }

  private static String sides(SwitchedName name) {
    return "`%s` is %s on the source, %s on the target."
        .formatted(name.name(), values(name.source()), values(name.target()));
  }

  private static String values(List<RecordSet> sets) {
    return sets.stream().flatMap(set -> set.values().stream()).collect(Collectors.joining(", "));
  }
}
