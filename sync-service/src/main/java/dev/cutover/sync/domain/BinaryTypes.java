package dev.cutover.sync.domain;

import java.util.Collection;
import java.util.Set;

/**
 * Types whose binary form is the same on both sides, so that COPY may use it. Pure.
 *
 * <p>Their send and receive functions are the same in all versions from {@link #OLDEST} to {@link
 * #NEWEST}, and none of them writes an OID of an object that a user made. All others go as text:
 * what an extension brings, composite types and arrays of a user's types (they carry OIDs), {@code
 * reg*} (they are OIDs), {@code xml} (it names its encoding). A test sends odd values of each
 * through both forms.
 */
public final class BinaryTypes {
  static final int OLDEST = 14;
  static final int NEWEST = 18;

  /** Since then an interval can be infinite, which older servers take for a finite one. */
  private static final int INFINITE_INTERVALS = 17;

  private static final Set<String> SAME =
      Set.of(
          "bool",
          "int2",
          "int4",
          "int8",
          "oid",
          "float4",
          "float8",
          "numeric",
          "money",
          "text",
          "varchar",
          "bpchar",
          "char",
          "name",
          "bytea",
          "uuid",
          "json",
          "jsonb",
          "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "interval",
          "bit",
          "varbit",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "point",
          "line",
          "lseg",
          "box",
          "path",
          "polygon",
          "circle",
          "tsvector",
          "pg_lsn",
          "int4range",
          "int8range",
          "numrange",
          "daterange",
          "tsrange",
          "tstzrange",
          "int4multirange",
          "int8multirange",
          "nummultirange",
          "datemultirange",
          "tsmultirange",
          "tstzmultirange");

  private BinaryTypes() {}

  /**
   * True if every one of these types may go as binary between servers of those major versions.
   *
   * @param bases names of types below all domains; {@code enum} for enums, {@code _int4} for an
   *     array; whatever is not of PostgreSQL itself must have another name
   */
  public static boolean areProven(Collection<String> bases, int source, int target) {
    return isKnown(source)
        && isKnown(target)
        && bases.stream().allMatch(base -> isProven(base, source, target));
  }

  private static boolean isProven(String base, int source, int target) {
    if (base.equals("enum")) {
      return true; // its label is sent
    }
    String element = base.startsWith("_") ? base.substring(1) : base;
    return SAME.contains(element)
        && (!element.equals("interval")
            || (source < INFINITE_INTERVALS) == (target < INFINITE_INTERVALS));
  }

  private static boolean isKnown(int version) {
    return version >= OLDEST && version <= NEWEST;
  }
}
