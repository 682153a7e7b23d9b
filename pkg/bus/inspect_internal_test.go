package bus

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

func TestAReplicaIsReadFromItsOwnAccount(t *testing.T) {
	t.Parallel()
	r, ok := decodeReplica([]byte(`{"name":"history","id":"a1","version":"0.1.0","metadata":{"host":"pod-1"},"endpoints":[{"name":"page"}]}`))
	r.count([]byte(`{"started":"2026-03-01T12:00:00Z",
		"endpoints":[{"name":"page","num_requests":7,"data":{"failed":1,"average_ms":2.5,"p99_ms":9}},{"name":"last","num_requests":0,"data":null}]}`))
	if !ok || !r.counts || r.Started.Year() != 2026 || r.Service != "history" || r.ID != "a1" || r.Host != "pod-1" || len(r.Calls) != 2 {
		t.Fatalf("%+v", r)
	}
	if page := r.Calls[0]; page.Requests != 7 || page.Took == nil || *page.Took != (CallTimes{1, 2.5, 9}) {
		t.Errorf("page: %+v", page)
	}
	if r.Calls[1].Took != nil {
		t.Error("times that nobody measured")
	}
	own, ok := decodeReplica([]byte(`{"name":"gateway","id":"g1","metadata":{"started":"2026-03-01T12:00:00Z"}}`))
	if !ok || own.counts || own.Started.Year() != 2026 {
		t.Errorf("a gateway: %+v", own)
	}
	for _, unreadable := range []string{`no JSON`, ``} {
		if _, ok := decodeReplica([]byte(unreadable)); ok {
			t.Errorf("%q counts as a replica", unreadable)
		}
	}
}

func TestCopiesAreThoseThatHoldAllThereIs(t *testing.T) {
	t.Parallel()
	cluster := &jetstream.ClusterInfo{Name: "c", Leader: "b", Replicas: []*jetstream.PeerInfo{{Name: "c", Current: true, Offline: true}, {Name: "a", Lag: 3}, {Name: "d", Current: true}}}
	leader, list := copies(cluster)
	s := StreamLook{Leader: leader, Wanted: 3, Copies: list}
	if leader != "b" || len(list) != 4 || list[0].Node != "b" || list[1].Node != "a" || list[1].Lag != 3 || s.Current() != 2 {
		t.Errorf("%s %+v: %d are current, want the leader and d", leader, list, s.Current())
	}
	if leader, list := copies(nil); leader != "" || list == nil || len(list) != 0 {
		t.Errorf("without a cluster: %q, %v", leader, list)
	}
}
