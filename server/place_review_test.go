package server

import "testing"

// Limits count one IPv6 network as one place: each household has more addresses than could be remembered.
func TestPlace(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1":                    "192.0.2.7",
		"[::ffff:192.0.2.7]:1":           "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:1":       "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff:4:5:abcd]:1": "2001:db8:1:2::/64",
		"[2001:db8:1:3::1]:1":            "2001:db8:1:3::/64",
	} {
		c := newCall(remote)
		c.s = &Server{}
		if got := c.place(); got != want {
			t.Errorf("%s counts as %s, want %s", remote, got, want)
		}
	}
}
