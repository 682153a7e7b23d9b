package system_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An operator reads which regions are reached, how far away each is and what is not merged, and
// of a cut in a sentence, on both sides of it.
func TestAnOperatorReadsOfACutInASentence(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	gates := map[string]string{"ap": eu.whole().url, "eu": ap.whole().url} // by the region that is the other one there
	looks := map[string]func() ops.Snapshot{}
	for other, url := range gates {
		admin := talktest.Login(t, url, "admin", adminPassword)
		looks[other] = func() (snap ops.Snapshot) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/ops", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = admin.Clone()
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			_ = json.NewDecoder(resp.Body).Decode(&snap)
			return snap
		}
	}
	both := func(what string, fits func(other string, s ops.Snapshot) bool) {
		t.Helper()
		for other, look := range looks {
			bustest.Eventually(t, what+" "+other, func() bool {
				snap := look()
				return len(snap.Regions.Others) == 1 && string(snap.Regions.Others[0].Name) == other && fits(other, snap)
			})
		}
	}
	whole := func(_ string, s ops.Snapshot) bool {
		r := s.Regions.Others[0]
		return r.Reached && r.RoundTripMS >= float64(2*oneWay.Milliseconds()) && r.Behind.IsZero() && !strings.Contains(s.Verdict.Sentence, "region")
	}
	both("all to be well with the region", whole)
	ap.others["eu"].Break()
	eu.others["ap"].Break()
	both("a sentence that it can't reach the region", func(other string, s ops.Snapshot) bool {
		return strings.HasPrefix(s.Verdict.Sentence, "This gateway can't reach the region "+other) && !s.Regions.Others[0].Behind.IsZero()
	})
	ap.others["eu"].Mend()
	eu.others["ap"].Mend()
	both("all to be well again with the region", whole)
}
