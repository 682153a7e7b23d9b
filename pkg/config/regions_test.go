package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestTheListOfRegionsIsTheSameInEachOfThem(t *testing.T) {
	const list = "eu=nats://u:p@eu.example:4222,nats://eu2.example:4222; ap = tls://ap.example ;"
	for _, own := range []string{"eu", "ap"} {
		c, faults := load("", map[string]string{"REGION": own, "REGIONS": list, "TOKEN_KEY": strings.Repeat("k", 32)})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		want := []Remote{{"eu", "nats://u:p@eu.example:4222,nats://eu2.example:4222"}, {"ap", "tls://ap.example"}}
		if got := c.AllRegions(); !slices.Equal(got, want) {
			t.Errorf("in %s: %v", own, got)
		}
	}
	for _, c := range []struct{ own, list, says string }{
		{"", list, "REGION has to say which of them this one is"},
		{"us", list, "it does not name us, which is REGION"},
		{"eu", "eu; ap=nats://a; ap=nats://b", "it names ap twice"},
		{"eu", "eu; ap", "it gives no URL of a NATS server for ap"},
		{"eu", "eu; ap=http://ap.example", "it gives no URL of a NATS server for ap"},
		{"eu", list, "REGIONS needs one key that is the same in all regions"},
		{"eu", "nats://eu:4222", "each region is its name"},
		{"eu", "eu; apac-south=nats://a", `"apac-south" is not the name of a region`},
	} {
		_, faults := load("", map[string]string{"REGION": c.own, "REGIONS": c.list})
		if !strings.Contains(faults.Error(), c.says) {
			t.Errorf("REGION=%s REGIONS=%s: %v", c.own, c.list, faults)
		}
	}
	if c, faults := load("", nil); len(faults) > 0 || len(c.AllRegions()) != 1 || c.AllRegions()[0] != (Remote{}) {
		t.Errorf("without regions: %v, %v", c.AllRegions(), faults)
	}
}

func TestACopyIsOfAnotherRegion(t *testing.T) {
	const list = "eu=nats://eu:4222; ap=nats://ap:4222; us=nats://us:4222"
	key := strings.Repeat("k", 32)
	for _, c := range []struct{ role, list, of, says string }{
		{"gateway", list, "us, ap", ""},
		{"gateway", list, "", ""},
		{"gateway", list, "eu", "which is this region"},
		{"gateway", list, "ap,xx", `"xx", and REGIONS has no such region`},
		{"gateway", "", "ap", `"ap", and REGIONS has no such region`},
		{"botworker", "", "ap", ""}, // which is not told of other regions
	} {
		got, faults := load(c.role, map[string]string{"REGION": "eu", "REGIONS": c.list, "COPY_OF": c.of, "TOKEN_KEY": key, "NATS_URL": "nats://eu:4222"})
		if c.says == "" && len(faults) > 0 || !strings.Contains(faults.Error(), c.says) {
			t.Errorf("COPY_OF=%s for %s: %v", c.of, c.role, faults)
		}
		if c.of == "us, ap" && !slices.Equal(got.Copies(), []chat.Region{"us", "ap"}) {
			t.Errorf("copies of %v", got.Copies())
		}
	}
}
