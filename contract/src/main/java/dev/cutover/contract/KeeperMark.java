package dev.cutover.contract;

/**
 * What a tool has left in a zone to tell its own records from others'.
 *
 * @param name the switched name that it is about
 * @param keeper whose mark it is
 * @param at the name whose TXT record it is
 * @param owner which of several such tools, as the mark says; empty when it says none or can't be
 *     read
 * @param resource what the record was made from, such as {@code ingress/shop/web}; empty as {@code
 *     owner}
 * @param wholeZone whether it is about all of the zone's records, and not about this name alone
 */
public record KeeperMark(
    String name, Keeper keeper, String at, String owner, String resource, boolean wholeZone) {
  /** For people, without a full stop. */
  public String describe() {
    return "%s TXT says that %s keeps %s%s%s"
        .formatted(
            at,
            keeper.word(),
            wholeZone ? "the zone" : name,
            owner.isEmpty() ? "" : " (owner '%s')".formatted(owner),
            resource.isEmpty() ? "" : " for " + resource);
  }
}
