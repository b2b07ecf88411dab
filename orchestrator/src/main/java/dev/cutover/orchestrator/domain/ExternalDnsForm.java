package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.TxtValue;
import dev.cutover.orchestrator.domain.KeeperForms.Records;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * As external-dns reads it: a DNSEndpoint for its source crd (apis/v1alpha1/dnsendpoint.go and
 * endpoint/endpoint.go at 2bf1bf8), and the annotations of any other source
 * (docs/annotations/annotations.md). Targets have no final dot, and it knows no HTTPS records.
 */
final class ExternalDnsForm {
  private ExternalDnsForm() {}

  static String of(Records records) {
    List<RecordSet> kept =
        records.sets().stream().filter(set -> set.type() != RecordType.HTTPS).toList();
    StringBuilder text =
        new StringBuilder(
            """
            # A DNSEndpoint, where the source is crd:
            apiVersion: externaldns.k8s.io/v1alpha1
            kind: DNSEndpoint
            metadata:
              name: %s
            spec:
              endpoints:
            """
                .formatted(records.undotted().replace('_', '-').replace('.', '-')));
    for (RecordSet set : kept) {
      text.append(
          """
            - dnsName: %s
              recordType: %s
              recordTTL: %d
              targets:
          """
              .formatted(records.undotted(), set.type(), set.ttlSeconds()));
      set.values()
          .forEach(
              value ->
                  text.append("    - ")
                      .append(KeeperForms.quoted(target(set.type(), value)))
                      .append('\n'));
    }
    annotations(records, kept, text);
    records.gone().stream()
        .filter(type -> type != RecordType.HTTPS)
        .forEach(
            type ->
                text.append(
                    "# No endpoint of type %s any more: it shall be gone.\n".formatted(type)));
    boolean https =
        Stream.concat(records.sets().stream().map(RecordSet::type), records.gone().stream())
            .anyMatch(type -> type == RecordType.HTTPS);
    return text.append(
            https
                ? "# external-dns keeps no HTTPS records: they stay as the cutover left them.\n"
                : "")
        .toString();
  }

  /** Addresses and aliases alone: the annotation tells the type by the value. */
  private static void annotations(Records records, List<RecordSet> kept, StringBuilder text) {
    List<RecordSet> annotated = kept.stream().filter(set -> set.type() != RecordType.TXT).toList();
    if (annotated.isEmpty()) {
      return;
    }
    text.append(
        """
        # Or annotations of %s; older releases begin them with external-dns.alpha.kubernetes.io/:
        #   external-dns.kubernetes.io/target: %s
        #   external-dns.kubernetes.io/ttl: "%d"
        """
            .formatted(
                records.resource().isEmpty()
                    ? "the Ingress, Service or route that it comes from"
                    : records.resource(),
                KeeperForms.quoted(
                    annotated.stream()
                        .flatMap(set -> set.values().stream().map(v -> target(set.type(), v)))
                        .collect(Collectors.joining(","))),
                annotated.stream().mapToInt(RecordSet::ttlSeconds).max().orElse(0)));
  }

  /** An alias of Route 53 is kept by its target's name; a check is no part of a target. */
  private static String target(RecordType type, String held) {
    Optional<Alias> alias = Alias.parse(held);
    if (alias.isPresent()) {
      return KeeperForms.undot(alias.get().name());
    }
    String value = Checked.of(held).value();
    return switch (type) {
      case CNAME -> KeeperForms.undot(value);
      case TXT -> TxtValue.plain(value);
      case A, AAAA, HTTPS, SERVER -> value;
    };
  }
}
