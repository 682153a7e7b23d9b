package deploy

import (
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// NATS' three probes mean different things: a node that lost the others is not killed
// for that, but gets no clients, since it can do nothing for them.
func TestTheProbesOfNATSTellWhoIsCutOff(t *testing.T) {
	c := startNATS(t, "local", nil)
	c.startRole("setup").ends()
	pod := c.manifests.stateful["nats"].Spec.Template.Spec.Containers[0]
	well := func(node int, p *corev1.Probe) bool {
		t.Helper()
		resp, err := http.Get("http://" + c.nodes[node].MonitorAddr().String() + p.HTTPGet.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		return resp.StatusCode == http.StatusOK
	}
	away := func(node int) { c.nodes[node].Shutdown(); c.nodes[node].WaitForShutdown() }

	eventually(t, "all have started and are ready", func() bool {
		for node := range c.nodes {
			if !well(node, pod.StartupProbe) || !well(node, pod.LivenessProbe) || !well(node, pod.ReadinessProbe) {
				return false
			}
		}
		return true
	})
	away(2)
	eventually(t, "with one away the others are ready", func() bool { return well(0, pod.ReadinessProbe) && well(1, pod.ReadinessProbe) })
	away(1)
	eventually(t, "the last one is not ready", func() bool { return !well(0, pod.ReadinessProbe) })
	if !well(0, pod.LivenessProbe) {
		t.Error("the last node would be killed")
	}
}
