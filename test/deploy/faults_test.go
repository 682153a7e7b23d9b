package deploy

import (
	"bytes"
	"strings"
	"testing"
)

func contains(text, part []byte) bool { return bytes.Contains(text, bytes.TrimSpace(part)) }

// A check that never finds anything is worth nothing: each must find its fault, which
// is made by replacing a text everywhere in the rendered manifests.
func TestPlantedFaultsAreFound(t *testing.T) {
	for _, c := range []struct{ variant, from, to, found string }{
		// Strict decoding.
		{"local", "maxUnavailable: 0", "maxUnavailible: 0", `unknown field "spec.strategy.rollingUpdate.maxUnavailible"`},
		{"local", "readinessProbe:", "readinessprobe:", `unknown field "spec.template.spec.containers[0].readinessprobe"`},
		{"local", "kind: Ingress\n", "kind: Ingres\n", ""}, // not in local, so nothing to find
		{"production", "kind: Ingress\n", "kind: Ingres\n", "a kind that nobody here knows"},
		{"production", "apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", "a kind that nobody here knows"},
		{"production", "periodSeconds: 3\n", "periodSeconds: three\n", "cannot unmarshal string"},
		{"production with keda", "lagThreshold:", "lagTreshold:", `unknown field "spec.triggers[0].metadata.lagTreshold"`},
		// References.
		{"local", "key: GATEWAY_PASSWORD", "key: GATEWAY_PASWORD", "there is no key GATEWAY_PASWORD"},
		{"local", "key: members", "key: member", "there is no key member"},
		{"local", "serviceAccountName: escalation", "serviceAccountName: escalator", `there is no ServiceAccount "escalator"`},
		{"local", "mountPath: /etc/nats-ca\n          name: nats-ca", "mountPath: /etc/nats-ca\n          name: nats-cas", "mounts nats-cas, which is no volume"},
		{"local", "- mountPath: /data\n          name: data", "- mountPath: /data\n          name: date", "mounts date, which is no volume"},
		{"local", "targetPort: http", "targetPort: https", "has no port https"},
		{"local", "serviceName: nats-nodes", "serviceName: nats", "is no headless Service"},
		{"production", "secretName: ingress-tls", "secretName: ingress-tsl", "there is no Secret ingress-tsl"},
		{"production", "name: gateway\n            port:\n              name: http", "name: gateway\n            port:\n              name: web", "which is not there"},
		{"production", "path: /api", "path: /apis", `/api/config leads to "web", not to gateway`},
		{"production", "path: /ws", "path: /wss", `/ws/agent leads to "web", not to gateway`},
		{"production", "value: http://gateway:80", "value: http://gateways:80", "gateways:80 is no Service here"},
		{"production", "value: http://gateway:80", "value: http://gateway:81", "is no Service here"},
		{"local", "kind: PodDisruptionBudget", "kind: PodDisruptionBudget\nspec_: x", `unknown field "spec_"`},
		// The program's settings.
		{"local", "name: HEALTH_ADDR", "name: HEALTH_ADRR", "Parley knows no setting HEALTH_ADRR"},
		{"local", "  NATS_REPLICAS:", "  NATS_REPLICA:", "Parley knows no setting NATS_REPLICA"},
		{"local", "$(NATS_PASSWORD)", "$(NATS_PASSWRD)", "uses $(NATS_PASSWRD), which is not set before it"},
		{"local", "@nats:4222", "@nat:4222", "nat:4222 is no Service here"},
		{"local", "@nats:4222", "@nats:4223", "nats:4223 is no Service here"},
		{"local", "tls://", "nats://", "is not by TLS"},
		{"local", "members: mongo-0.mongo:27017", "members: mongo-1.mongo:27017", "mongo-1.mongo is no pod"},
		// Probes and the shutdown of a pod.
		{"local", "value: :8081", "value: :8082", `has port 8081, but HEALTH_ADDR is ":8082"`},
		{"local", "port: health", "port: healthy", "which is none of its ports"},
		{"local", "path: /healthz\n", "path: /readyz\n", "the liveness probe does not ask /healthz"},
		{"local", "path: /healthz\n            port: health\n", "path: /healthz\n            port: http\n", "Deployment gateway: the liveness probe does not ask /healthz at the port health"},
		{"local", "failureThreshold: 600", "failureThreshold: 10", "while NATS is away it is ended every 30 s"},
		{"local", "failureThreshold: 4320", "failureThreshold: 360", "a node that copies its streams is ended every 1800 s"},
		{"local", "value: 20s", "value: 60s", "is killed after 45s, but may need 1m12s"},
		{"local", "value: 60s", "value: 90s", "is killed after 1m15s, but may need 1m45s"},
		{"local", "value: 60s", "value: 10s", `drops what a model is asked (DRAIN_TIME "10s", which may take 1m0s)`},
		{"local", "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 5", "is killed after 5s, but may need 15s"},
		// Security and resources.
		{"local", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"},
		{"local", "runAsUser: 10001", "runAsUser: 0", "may run as root"},
		{"local", "type: RuntimeDefault", "type: Unconfined", "has no seccomp profile"},
		{"local", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its root file system"},
		{"local", "- ALL", "- NET_RAW", "has capabilities"},
		{"local", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may gain privileges"},
		{"local", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "is given a token"},
		{"local", "serviceAccountName: escalation", "serviceAccountName: botworker", "shares the ServiceAccount botworker"},
		{"local", "key: node.kubernetes.io/unreachable", "key: node.kubernetes.io/unreached", "stays on a node with the taint node.kubernetes.io/unreachable"},
		{"local", "enforce: restricted", "enforce: privileged", "takes pods that may do more"},
		{"local", "kind: Secret\nmetadata:\n  labels:\n    app.kubernetes.io/part-of: parley", "kind: Secret\nmetadata:\n  labels:\n    app.kubernetes.io/part-of: parlay", "is not found by the label that docs/kubernetes.md prunes by"},
		{"local", "memory: 256Mi", "memory: 1Mi", "has no memory request and limit that fit"},
		{"local", "image: nats:2.15.2", "image: nats", "the image nats is not pinned"},
		{"local", "image: mongo:8.0.30", "image: mongo:latest", "the image mongo:latest is not pinned"},
		{"production", "parley:0.1.0", "parley:local", "is not pinned"},
		{"production", "maxUnavailable: 1", "maxUnavailable: 2", "no PodDisruptionBudget lets one go at a time"},
		{"production", "  unhealthyPodEvictionPolicy: AlwaysAllow\n", "", "while NATS is away no node can be emptied that has one"},
		{"production", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app: nats\n", "maxUnavailable: 1\n  unhealthyPodEvictionPolicy: AlwaysAllow\n  selector:\n    matchLabels:\n      app: nats\n", "one that has not caught up yet does not hold up the next"},
		{"local", "ttlSecondsAfterFinished: 60", "activeDeadlineSeconds: 60", "Job setup: stays when it has ended"},
		{"local", "ttlSecondsAfterFinished: 3000", "ttlSecondsAfterFinished: 86400", "CronJob balance: stays when it has ended"},
		// Volumes.
		{"local", "      storageClassName: standard\n", "", "StatefulSet nats: the claim data names no class"},
		{"local", "whenDeleted: Retain", "whenDeleted: Delete", "StatefulSet nats: its volumes go with it"},
		{"local", "whenScaled: Retain", "whenScaled: Delete", "StatefulSet mongo: its volumes go with it"},
		{"production", "  persistentVolumeClaimRetentionPolicy:\n    whenDeleted: Retain\n    whenScaled: Retain\n", "", "StatefulSet mongo: its volumes go with it"},
		{"production", "- ReadWriteOnce", "- ReadWriteMany", "StatefulSet mongo: the claim data has no size, or may be mounted twice"},
		{"production", "storage: 10Gi", "storage: 20Gi", `MAX_FILE_STORE is "9GB", which is not some nine tenths of its volume of 20Gi`},
		{"production", "value: 9GB", "value: 10GB", `MAX_FILE_STORE is "10GB"`},
		{"production with csi", "storageClassName: parley", "storageClassName: fast", "there is no class fast"},
		{"production with csi", "volumeBindingMode: WaitForFirstConsumer", "volumeBindingMode: Immediate", "before it is known where its pod runs"},
		{"production with csi", "allowVolumeExpansion: true", "allowVolumeExpansion: false", "a volume can't grow"},
		{"production with csi", "reclaimPolicy: Retain", "reclaimPolicy: Delete", "a disk goes with its claim"},
		{"production with disks", "persistentVolumeReclaimPolicy: Retain", "persistentVolumeReclaimPolicy: Delete", "parley-nats-0: goes with its claim"},
		{"production with disks", "name: data-nats-2", "name: data-nats-3", "is for the claim data-nats-3, which is not there"},
		{"production with disks", "- node-2", "- node-1", "is at no place, or at that of parley-"},
		{"production with disks", "storage: 10Gi\n  claimRef", "storage: 5Gi\n  claimRef", "has 5Gi, and its claim asks for 10Gi"},
		{"production with disks", "namespace: parley\n  local", "namespace: other\n  local", "anybody's claim may take it"},
		// Scaling.
		{"local", "spec:\n  selector:\n    matchLabels:\n      app: botworker\n  strategy:", "spec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: botworker\n  strategy:", "replicas would undo kubectl scale"},
		{"local", "maxSurge: 1\n      maxUnavailable: 0", "maxSurge: 0\n      maxUnavailable: 1", "a new version takes capacity away"},
		{"production", "minReplicas: 2", "minReplicas: 20", "its bounds leave no room"},
		{"production with keda", "stream: CHAT_7", "stream: CHAT_8", "trigger 7 asks for"},
		{"production with keda", "consumer: history", "consumer: historyworker", "trigger 0 asks for"},
		{"production with keda", "chat6 + chat7", "chat6", "is not the average of what waits in all"},
		{"production with keda", "  STREAMS: \"8\"", "  STREAMS: \"9\"", "it has 8 triggers, but STREAMS is 9"},
		{"production with keda", "lagThreshold: \"100\"", "lagThreshold: \"150\"", "is content with replicas that are full"},
		{"production with keda", "nats-nodes.parley.svc.cluster.local:8222", "nats.parley.svc.cluster.local:8222", "is no Service here"},
		// The network.
		{"local", "port: 27017\n      protocol", "port: 27018\n      protocol", "historyworker > mongo:27017 is missing"},
		{"local", "nats-client: \"true\"\n  policyTypes", "app: gateway\n  policyTypes", "botworker > nats:4222 is missing"},
		{"local", "- historyworker\n          - mongo-init\n          - mongo", "- historyworker\n          - gateway\n          - mongo-init\n          - mongo", "gateway > mongo:27017 is not in the design"},
		{"production", "kubernetes.io/metadata.name: traefik", "kubernetes.io/metadata.name: default", "namespace default > gateway:8080 is not in the design"},
		{"production", "    - podSelector:\n        matchLabels:\n          app: web\n", "    - podSelector:\n        matchLabels:\n          app: mongo\n", "web > gateway:8080 is missing"},
		{"local", "policyTypes:\n  - Ingress\n  - Egress", "policyTypes:\n  - Ingress", "deny-all does not deny all"},
		{"production", "port: 8089", "port: 8080", "the ingress controller does not reach cert-manager's pod"},
		{"local", "cidr: 169.254.0.0/16", "cidr: 0.0.0.0/0", "network, names: 0.0.0.0/0 TCP:53 is not in the design"},
		{"local", "- 169.254.169.254/32", "- 169.254.169.253/32", "network, names: 169.254.0.0/16 UDP:53 is missing"},
		{"local", "port: 53\n      protocol: UDP", "port: 5353\n      protocol: UDP", "network, names: namespace kube-system UDP:53 is missing"},
		{"local", "type: LoadBalancer", "type: NodePort", ""}, // allowed for the gateway's
	} {
		text := render(t, c.variant)
		planted := strings.ReplaceAll(text, c.from, c.to)
		if c.found != "" && planted == text {
			t.Errorf("%s: the manifests no longer contain %q", c.variant, c.from)
			continue
		}
		found := strings.Join(findAll(t, c.variant, planted), "\n")
		if !strings.Contains(found, c.found) || c.found == "" && found != "" {
			t.Errorf("%s: with %q instead of %q, there should be a fault %q, but the faults are:\n%s", c.variant, c.to, c.from, c.found, found)
		}
	}
}
