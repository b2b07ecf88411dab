package dev.cutover.dns.adapter;

import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.NsupdateText;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.SwitchTexts;

/** Writes the changes of a switch as the tool of its provider takes them. Pure. */
public final class ChangeTexts {
  private ChangeTexts() {}

  /**
   * All of them.
   *
   * @param staged the mark that the shift will find
   */
  public static SwitchTexts of(SwitchSpec spec, EpochMark.Epoch staged) {
    String forward =
        switch (spec.provider()) {
          case Rfc2136 _ -> NsupdateText.of(spec, RecordChangePlanner.forecast(spec, staged));
          case Route53 _ -> Route53Text.forward(spec, staged);
          case Designate _ -> DesignateText.forward(spec, staged);
          case HaProxy backend -> HaProxyText.forward(spec, backend, staged);
          case Cloudflare _ -> CloudflareText.forward(spec, staged);
          case CloudflarePools pools -> CloudflarePoolText.forward(spec, pools, staged);
          case TargetGroups groups -> ElbText.forward(spec, groups, staged);
        };
    return new SwitchTexts(forward, revert(spec), liftMark(spec));
  }

  /** The way back, which needs no mark to be known. */
  public static String revert(SwitchSpec spec) {
    return switch (spec.provider()) {
      case Rfc2136 _ -> NsupdateText.of(spec, RecordChangePlanner.breakGlass(spec));
      case Route53 _ -> Route53Text.revert(spec);
      case Designate _ -> DesignateText.revert(spec);
      case HaProxy backend -> HaProxyText.revert(spec, backend);
      case Cloudflare _ -> CloudflareText.revert(spec);
      case CloudflarePools pools -> CloudflarePoolText.revert(spec, pools);
      case TargetGroups groups -> ElbText.revert(spec, groups);
    };
  }

  /** What takes the mark of {@link #revert} away again. */
  public static String liftMark(SwitchSpec spec) {
    return switch (spec.provider()) {
      case Rfc2136 _ -> NsupdateText.of(spec, RecordChangePlanner.liftMark(spec));
      case Route53 _ -> Route53Text.liftMark(spec);
      case Designate _ -> DesignateText.liftMark(spec);
      case HaProxy backend -> HaProxyText.liftMark(backend);
      case Cloudflare _ -> CloudflareText.liftMark(spec);
      case CloudflarePools pools -> CloudflarePoolText.liftMark(spec, pools);
      case TargetGroups groups -> ElbText.liftMark(spec, groups);
    };
  }
}
