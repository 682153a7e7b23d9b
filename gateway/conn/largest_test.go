package conn

import (
	"slices"
	"testing"
)

func TestTheLargestHoldersAreChosen(t *testing.T) {
	a, b, c := &Socket{}, &Socket{}, &Socket{}
	for _, k := range []struct {
		bytes int64
		want  []*Socket
	}{{-5, nil}, {0, nil}, {1, []*Socket{b}}, {30, []*Socket{b}}, {31, []*Socket{b, c}}, {1000, []*Socket{b, c, a}}} {
		var got []*Socket
		for _, h := range largest([]holder{{a, 10}, {b, 30}, {c, 20}}, k.bytes) {
			got = append(got, h.socket)
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("to free %d bytes %d sockets are chosen, want %d", k.bytes, len(got), len(k.want))
		}
	}
}
