package bus

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/micro"
)

func TestTheTimesAreThoseOfTheLatestCalls(t *testing.T) {
	t.Parallel()
	times, page := newCallTimes(), &micro.Endpoint{EndpointConfig: micro.EndpointConfig{}, Name: "page"}
	if times.stats(page) != nil {
		t.Error("times of a call that nobody made")
	}
	for range 1000 {
		times.ended("page", time.Hour, true) // long ago
	}
	for i := range latestCalls {
		times.ended("page", time.Duration(i%100+1)*time.Millisecond, false)
	}
	times.ended("last", time.Minute, false)
	got, ok := times.stats(page).(CallTimes)
	if !ok || got.Failed != 1000 || got.P99MS < 98 || got.P99MS > 100 || got.AverageMS < 40 || got.AverageMS > 60 {
		t.Errorf("%+v", got)
	}
}
