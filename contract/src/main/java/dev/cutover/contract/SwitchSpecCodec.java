package dev.cutover.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The JSON form of a switch: {@code primary} and {@code tsigKey} beside the other fields, or {@code
 * route53}, {@code designate}, {@code haproxy}, {@code cloudflare}, {@code cloudflarePools} or
 * {@code targetGroups} in their place. The first are the bytes of the time when there was one
 * provider only; journals and messages of then stay readable, and keep their hashes. {@code
 * weighted} is left out where there are no weights, {@code proof} where the authorities suffice,
 * {@code views} where all are given the same.
 */
final class SwitchSpecCodec {
  private SwitchSpecCodec() {}

  /** Added to {@link SwitchSpec}. */
  @JsonSerialize(converter = Writing.class)
  @JsonDeserialize(converter = Reading.class)
  interface Form {}

  /** Added to what has parts that may be left out, such as the second token of Cloudflare. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  interface WithoutEmpty {}

  /** The fields as they are written. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  @JsonPropertyOrder({
    "zone",
    "primary",
    "tsigKey",
    "route53",
    "designate",
    "haproxy",
    "cloudflare",
    "cloudflarePools",
    "targetGroups",
    "names",
    "authorities",
    "resolvers",
    "loweredTtlSeconds",
    "weighted",
    "proof",
    "views"
  })
  record Fields(
      String zone,
      Optional<ServerAddress> primary,
      Optional<String> tsigKey,
      Optional<Route53> route53,
      Optional<Designate> designate,
      Optional<HaProxy> haproxy,
      Optional<Cloudflare> cloudflare,
      Optional<CloudflarePools> cloudflarePools,
      Optional<TargetGroups> targetGroups,
      List<SwitchedName> names,
      List<ServerAddress> authorities,
      List<ServerAddress> resolvers,
      int loweredTtlSeconds,
      Optional<Boolean> weighted,
      Optional<SwitchProof> proof,
      Optional<List<SwitchView>> views) {}

  /** To the fields. */
  static final class Writing extends StdConverter<SwitchSpec, Fields> {
    @Override
    public Fields convert(SwitchSpec spec) {
      Optional<Rfc2136> rfc2136 = Optional.empty();
      Optional<Route53> route53 = Optional.empty();
      Optional<Designate> designate = Optional.empty();
      Optional<HaProxy> haproxy = Optional.empty();
      Optional<Cloudflare> cloudflare = Optional.empty();
      Optional<CloudflarePools> cloudflarePools = Optional.empty();
      Optional<TargetGroups> targetGroups = Optional.empty();
      switch (spec.provider()) {
        case Rfc2136 found -> rfc2136 = Optional.of(found);
        case Route53 found -> route53 = Optional.of(found);
        case Designate found -> designate = Optional.of(found);
        case HaProxy found -> haproxy = Optional.of(found);
        case Cloudflare found -> cloudflare = Optional.of(found);
        case CloudflarePools found -> cloudflarePools = Optional.of(found);
        case TargetGroups found -> targetGroups = Optional.of(found);
      }
      return new Fields(
          spec.zone(),
          rfc2136.map(Rfc2136::primary),
          rfc2136.map(Rfc2136::tsigKey),
          route53,
          designate,
          haproxy,
          cloudflare,
          cloudflarePools,
          targetGroups,
          spec.names(),
          spec.authorities(),
          spec.resolvers(),
          spec.loweredTtlSeconds(),
          spec.weighted() ? Optional.of(true) : Optional.empty(),
          spec.proof(),
          spec.views());
    }
  }

  /** From the fields; refuses what names no provider, or two. */
  static final class Reading extends StdConverter<Fields, SwitchSpec> {
    @Override
    public SwitchSpec convert(Fields fields) {
      return new SwitchSpec(
          fields.zone(),
          provider(fields),
          fields.names(),
          fields.authorities(),
          fields.resolvers(),
          fields.loweredTtlSeconds(),
          fields.weighted().orElse(false),
          fields.proof(),
          fields.views());
    }

    private static SwitchProvider provider(Fields fields) {
      List<SwitchProvider> named =
          Stream.<Optional<? extends SwitchProvider>>of(
                  rfc2136(fields),
                  fields.route53(),
                  fields.designate(),
                  fields.haproxy(),
                  fields.cloudflare(),
                  fields.cloudflarePools(),
                  fields.targetGroups())
              .<SwitchProvider>flatMap(Optional::stream)
              .toList();
      boolean half = fields.primary().isPresent() != fields.tsigKey().isPresent();
      if (named.size() != 1 || half) {
        throw new IllegalArgumentException(
            "Expected primary and tsigKey, or route53, designate, haproxy, cloudflare, cloudflarePools or targetGroups in their place, but got other fields");
      }
      return named.getFirst();
    }

    private static Optional<Rfc2136> rfc2136(Fields fields) {
      return fields
          .primary()
          .flatMap(primary -> fields.tsigKey().map(key -> new Rfc2136(primary, key)));
    }
  }
}
