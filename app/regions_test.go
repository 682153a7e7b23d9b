package app

import (
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/config"
)

// Whoever shares REGIONS states what all have to agree on; where there is one region, nothing
// is stated.
func TestWhatRegionsAgreeOnIsStatedWhereThereAreSeveral(t *testing.T) {
	const key = "the key of all regions, 32 characters or more"
	for _, c := range []struct {
		regions, first string
		prints         bool
	}{{"", "", false}, {"ap=nats://ap", "", false}, {"eu=nats://eu; ap=nats://ap", "eu", true}} {
		s := &system{Config: config.Config{Region: "ap", Regions: c.regions, TokenKey: key}, log: zerolog.Nop()}
		for _, worker := range []string{"botworker", "escalation", "historyworker"} {
			if opts := s.natsOptions(worker); opts.TokenPrint != "" || string(opts.First) != c.first {
				t.Errorf("%q: a %s states %+v", c.regions, worker, opts)
			}
		}
		opts := s.natsOptions("gateway")
		if string(opts.First) != c.first || (opts.TokenPrint != "") != c.prints {
			t.Errorf("%q: first %q, print %q", c.regions, opts.First, opts.TokenPrint)
		}
	}
}
