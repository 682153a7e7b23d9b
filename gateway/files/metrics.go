package files

// The ways that files go.
const (
	In  = "in"
	Out = "out"
)

// Metrics are called when something is counted, also concurrently. Each may be nil.
type Metrics struct {
	// Stored is called with each file for which there is a ticket; fresh is false for one that was sent before.
	Stored func(fresh bool)
	// Refused is called with each request that was refused, with its code.
	Refused func(code string)
	// Uploading is called with 1 when an upload begins, and with -1 when it ends.
	Uploading func(n int)
	// Bytes is called with what was stored (In) or read (Out).
	Bytes func(way string, n int64)
	// Thumb is called for each picture, with whether a small one of it was made.
	Thumb func(made bool)
}

func (m *Metrics) fill() {
	if m.Stored == nil {
		m.Stored = func(bool) {}
	}
	if m.Refused == nil {
		m.Refused = func(string) {}
	}
	if m.Uploading == nil {
		m.Uploading = func(int) {}
	}
	if m.Bytes == nil {
		m.Bytes = func(string, int64) {}
	}
	if m.Thumb == nil {
		m.Thumb = func(bool) {}
	}
}
