package deploy

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"github.com/parley-chat/parley/pkg/roles"
)

// consumerOf returns the durable consumer by which KEDA scales a role: the first work
// that it shares. It is empty for a role without one.
func consumerOf(role string) string {
	if r, ok := roles.Named(role); ok && len(r.Work) > 0 {
		return r.Work[0].Name
	}
	return ""
}

// thinks is how many chats a replica of the bot works on at once; its lag includes them
// (botworker/worker.go). Kubernetes tolerates a tenth more than the target.
const thinks = 128

// checkLag: each worker is scaled by the sum of its waiting events in all streams.
func checkLag(m *manifests) []string {
	var f faults
	for name, s := range m.keda {
		of := "ScaledObject " + name
		if s.Spec.ScaleTargetRef.Name != name || m.deployments[name] == nil {
			f.add("%s: there is no Deployment %s", of, s.Spec.ScaleTargetRef.Name)
			continue
		}
		env, _, _ := m.environment(m.deployments[name].Spec.Template.Spec.Containers[0])
		streams, _ := strconv.Atoi(env["STREAMS"])
		if len(s.Spec.Triggers) != streams {
			f.add("%s: it has %d triggers, but STREAMS is %d", of, len(s.Spec.Triggers), streams)
		}
		var sum []string
		for i, t := range s.Spec.Triggers {
			meta := t.Metadata
			if t.Type != "nats-jetstream" || meta.Stream != fmt.Sprintf("CHAT_%d", i) || meta.Consumer != consumerOf(name) || meta.Account != "PARLEY" {
				f.add("%s: trigger %d asks for %s %s of %s in %s", of, i, t.Type, meta.Consumer, meta.Stream, meta.Account)
			}
			host, port, err := net.SplitHostPort(meta.Endpoint)
			n, _ := strconv.Atoi(port)
			if err == nil {
				err = m.reaches(host, int32(n))
			}
			// KEDA prefixes a node's name to ask the consumer's leader.
			if err == nil {
				err = m.reaches("nats-0."+host, int32(n))
			}
			if err != nil {
				f.add("%s: trigger %d: %v", of, i, err)
			}
			if n, err := strconv.Atoi(meta.Lag); name == roles.Botworker.Name && (err != nil || n*11/10 > thinks) {
				f.add("%s: trigger %d is content with replicas that are full", of, i)
			}
			if meta.Lag != s.Spec.Advanced.ScalingModifiers.Target {
				f.add("%s: trigger %d has another threshold than the sum", of, i)
			}
			sum = append(sum, t.Name)
		}
		if formula := s.Spec.Advanced.ScalingModifiers; formula.Formula != strings.Join(sum, " + ") || formula.MetricType != autoscalingv2.AverageValueMetricType {
			f.add("%s: the formula %q is not the average of what waits in all", of, formula.Formula)
		}
		if s.Spec.MinReplicaCount == nil || *s.Spec.MinReplicaCount < 1 {
			f.add("%s: may go down to nobody", of)
		}
	}
	return f
}
