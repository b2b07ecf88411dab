package dev.cutover.sync.adapter;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Values that others lost or damaged on their way, as PostgreSQL's literals. */
final class OddValues {
  private OddValues() {}

  /**
   * Name of a type and a list of literals, for all that {@code BinaryTypes} and {@code
   * VerifiedTypes} trust.
   */
  static Map<String, String> ofEachType() {
    Map<String, String> values = new TreeMap<>();
    values.put("bool", "true, false");
    values.put("int2", "-32768, 32767");
    values.put("int4", "-2147483648, 2147483647");
    values.put("int8", "-9223372036854775808, 9223372036854775807");
    values.put("oid", "0, 4294967295");
    values.put("float4", "'NaN', '-0', 'Infinity', '-Infinity', '1e-45', '0.1'");
    values.put("float8", "'NaN', '-0', 'Infinity', '-Infinity', '5e-324', '0.1'");
    values.put(
        "numeric",
        "'NaN', 'Infinity', '-Infinity', '0.000', '-123456789012345678901234567890.123456789'");
    values.put("money", "'-92233720368547758.08', '0.01'");
    values.put("text", "'', E'tab\\tnewline\\n\\\\N', 'é😀'");
    values.put("varchar", "'', 'é'");
    values.put("bpchar", "'', 'a  '");
    values.put("char", "'', 'a'");
    values.put("name", "'', 'n'");
    values.put("bytea", "'', '\\x00ff5c'");
    values.put(
        "uuid", "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'");
    values.put("json", "'{\"a\" : 1, \"a\":2}', '\" \\u00e9\"'");
    values.put("jsonb", "'{\"a\": 1e400, \"b\": null}', '[]'");
    values.put("date", "'infinity', '-infinity', '4713-01-01 BC', '5874897-12-31'");
    values.put("time", "'24:00:00', '00:00:00.000001'");
    values.put("timetz", "'24:00:00+05:30:15', '00:00:00-15:59:59'");
    values.put(
        "timestamp",
        "'infinity', '-infinity', '4713-01-01 00:00:00 BC', '294276-12-31 23:59:59.999999'");
    values.put(
        "timestamptz",
        "'infinity', '-infinity', '4713-01-02 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00'");
    values.put("interval", "'-178000000 years', '1 mon -1 day 00:00:00.000001', '0'");
    values.put("bit", "'1', '0'");
    values.put("varbit", "'', '10110011101'");
    values.put("inet", "'::1/128', '10.0.0.1/8', '::ffff:1.2.3.4'");
    values.put("cidr", "'10.0.0.0/8', '2001:db8::/32'");
    values.put("macaddr", "'08:00:2b:01:02:03'");
    values.put("macaddr8", "'08:00:2b:01:02:03:04:05'");
    values.put("point", "'(NaN,-0)', '(1e300,Infinity)'");
    values.put("line", "'{1,-1,0}'");
    values.put("lseg", "'[(0,0),(1,1e-300)]'");
    values.put("box", "'(1,1),(0,0)'");
    values.put("path", "'[(0,0),(1,1)]', '((0,0),(1,1))'");
    values.put("polygon", "'((0,0),(1,1),(1,0))'");
    values.put("circle", "'<(0,0),0>'");
    values.put("tsvector", "'', '''a b'':1A,2 c:3'");
    values.put("pg_lsn", "'0/0', 'FFFFFFFF/FFFFFFFF'");
    for (String of : List.of("int4", "int8", "num")) {
      values.put(of + "range", "'empty', '(,)', '[1,5)'");
      values.put(of + "multirange", "'{}', '{[1,3),[5,)}'");
    }
    values.put("daterange", "'empty', '[2020-01-01,infinity)', '(,2020-01-01)'");
    values.put("datemultirange", "'{}', '{[2020-01-01,2021-01-01)}'");
    for (String of : List.of("ts", "tstz")) {
      values.put(of + "range", "'empty', '(2020-01-01 00:00:00.000001,infinity]'");
      values.put(of + "multirange", "'{}', '{(2020-01-01,2021-01-01]}'");
    }
    return values;
  }

  /**
   * Types that neither COPY's binary form nor the stream is trusted with, and some values of each:
   * such columns are read again by key.
   */
  static Map<String, String> ofOthers() {
    Map<String, String> values = new TreeMap<>();
    values.put("tsquery", "'''a'' & ''b'':*', '!(c|d)'");
    values.put("xid", "'0', '4294967295'");
    values.put("xid8", "'0', '18446744073709551615'");
    values.put("cid", "'1'");
    values.put("tid", "'(4294967295,65535)'");
    values.put("regclass", "'pg_class'");
    values.put("regtype", "'int4'");
    values.put("jsonpath", "'$.a[*] ? (@ > 1)'");
    values.put("xml", "'<a b=\"c\">&amp;</a>', 'text only'");
    values.put("pg_snapshot", "'10:20:10,14,15'");
    values.put("int2vector", "'1 2'");
    values.put("oidvector", "'1 2'");
    values.put("refcursor", "'c1'");
    return values;
  }

  /** An expression for a value drawn by chance, of types that have more values than odd ones. */
  static Map<String, String> byChance() {
    Map<String, String> values = new TreeMap<>();
    values.put("int2", "(random() * 65535 - 32768)::int2");
    values.put("int4", "(random() * 4294967295 - 2147483648)::int4");
    values.put("int8", "((random() - 0.5) * 1.8e19)::numeric::int8");
    values.put("float4", "((random() - 0.5) * 10 ^ (random() * 60 - 30))::float4");
    values.put("float8", "(random() - 0.5) * 10 ^ (random() * 600 - 300)");
    values.put(
        "numeric",
        "round(((random() - 0.5) * 10 ^ (random() * 30))::numeric, (random() * 12)::int)");
    values.put(
        "text",
        "(SELECT string_agg(chr(1 + (random() * 1000)::int), '') FROM generate_series(1, (random() * 30)::int))");
    values.put("varchar", "repeat(chr(92) || 'n' || chr(39), (random() * 20)::int)");
    values.put("bytea", "decode(repeat(md5(random()::text), (random() * 4)::int), 'hex')");
    values.put("uuid", "md5(random()::text)::uuid");
    values.put(
        "jsonb",
        "jsonb_build_object('n', random() * 10 ^ (random() * 40), 't', chr(1 + (random() * 50)::int), 'a', '[null, 1.50, \"\\u00e9\"]'::jsonb)");
    values.put("json", "('{\"z\" :  ' || random() || ', \"a\":[1.0,null]}')::json");
    values.put("date", "date '4713-01-01 BC' + (random() * 4000000)::int");
    values.put("time", "time '00:00' + random() * interval '23:59:59.999999'");
    values.put("timestamp", "timestamp '4713-01-01 BC' + random() * interval '20000 years'");
    values.put("timestamptz", "timestamptz '4713-01-02 BC' + random() * interval '20000 years'");
    values.put(
        "interval",
        "make_interval(months => (random() * 100 - 50)::int, days => (random() * 100 - 50)::int, secs => random() * 1000 - 500)");
    values.put("numrange", "numrange(round((random() * 9)::numeric, 3), 10, '(]')");
    values.put(
        "tstzrange", "tstzrange(NULL, timestamptz '2020-01-01' + random() * interval '9 years')");
    values.put("inet", "inet '10.0.0.0/8' + (random() * 16000000)::bigint");
    return values;
  }
}
