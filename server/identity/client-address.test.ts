import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKey, type Cidr, clientAddress, isLoopback, parseCidr } from "./client-address.ts";

function ranges(...texts: string[]): Cidr[] {
  return texts.map((text) => {
    const cidr = parseCidr(text);
    assert.ok(cidr, text);
    return cidr;
  });
}
const proxies = ranges("10.0.0.0/8", "2001:db8:ff::/48");

test("O9.20 without trusted proxies, or from somebody else, X-Forwarded-For is ignored", () => {
  assert.equal(clientAddress("203.0.113.9", "198.51.100.1", []), "203.0.113.9");
  assert.equal(clientAddress("203.0.113.9", "198.51.100.1, 10.0.0.2", proxies), "203.0.113.9");
  assert.equal(clientAddress("10.0.0.1", undefined, proxies), "10.0.0.1");
});

test("O9.21 behind trusted proxies the client is the first address from the right that is none of them", () => {
  assert.equal(clientAddress("10.0.0.1", "198.51.100.1", proxies), "198.51.100.1");
  assert.equal(clientAddress("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.9.9.9", proxies), "198.51.100.1");
  assert.equal(clientAddress("2001:db8:ff::1", "2001:db8:1::5", proxies), "2001:db8:1::5");
  assert.equal(clientAddress("10.0.0.1", "10.0.0.3,10.0.0.2", proxies), "10.0.0.3");
});

test("O9.22 a hop that is no address ends the walk at the proxy that wrote it", () => {
  assert.equal(clientAddress("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", proxies), "10.0.0.2");
  for (const junk of ["", ",", " , ", "unknown", "1.2.3", "0x7f.1", "1.2.3.4.5", "[", "198.51.100.1,"]) {
    assert.equal(clientAddress("10.0.0.1", junk, proxies), "10.0.0.1", JSON.stringify(junk));
  }
});

test("O9.23 a hop may carry a port, and IPv4 within IPv6 is IPv4", () => {
  assert.equal(clientAddress("::ffff:10.0.0.1", "198.51.100.1:5123", proxies), "198.51.100.1");
  assert.equal(clientAddress("10.0.0.1", "[2001:db8::1]:443", proxies), "2001:db8::1");
  assert.equal(clientAddress("10.0.0.1", "::ffff:198.51.100.1", proxies), "198.51.100.1");
  assert.equal(clientAddress("::ffff:203.0.113.9", undefined, []), "203.0.113.9");
  assert.equal(clientAddress("fe80::1%eth0", undefined, []), "fe80::1");
});

test("O9.24 for limits an IPv6 client counts as its /64", () => {
  assert.equal(addressKey("203.0.113.9"), "203.0.113.9");
  assert.equal(addressKey("::ffff:203.0.113.9"), "203.0.113.9");
  assert.equal(addressKey("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(addressKey("2001:DB8:1:2::9"), addressKey("2001:db8:1:2:ffff::"));
  assert.notEqual(addressKey("2001:db8:1:3::9"), addressKey("2001:db8:1:2::9"));
});

test("O9.25 a range is an address or address/bits, and nothing else", () => {
  for (const wrong of [
    "",
    "/8",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10/8",
    "::/129",
    "a.b",
    "10.0.0.0/8/8",
    "::ffff:10.0.0.0/40",
  ]) {
    assert.equal(parseCidr(wrong), null, wrong);
  }
  const [single, mapped, all] = ranges("192.0.2.1", "::ffff:10.0.0.0/104", "0.0.0.0/0");
  assert.ok(single && mapped && all);
  assert.equal(clientAddress("192.0.2.1", "198.51.100.1", [single]), "198.51.100.1");
  assert.equal(clientAddress("192.0.2.2", "198.51.100.1", [single]), "192.0.2.2");
  assert.equal(clientAddress("10.255.0.1", "198.51.100.1", [mapped]), "198.51.100.1");
  assert.equal(clientAddress("192.0.2.2", "2001:db8::1", [all]), "2001:db8::1");
});

test("O9.26 this machine is localhost, 127.0.0.0/8 and ::1", () => {
  for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
    assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "localhost.example.org"])
    assert.ok(!isLoopback(host), host);
});
