package deploy

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// scaledObject has the fields of KEDA 2.17's type that this repository uses. KEDA's own
// module would bring in hundreds of others.
type scaledObject struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ScaleTargetRef struct {
			Name       string `json:"name"`
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
		} `json:"scaleTargetRef"`
		PollingInterval  *int32 `json:"pollingInterval"`
		CooldownPeriod   *int32 `json:"cooldownPeriod"`
		IdleReplicaCount *int32 `json:"idleReplicaCount"`
		MinReplicaCount  *int32 `json:"minReplicaCount"`
		MaxReplicaCount  *int32 `json:"maxReplicaCount"`
		Fallback         *struct {
			FailureThreshold int32  `json:"failureThreshold"`
			Replicas         int32  `json:"replicas"`
			Behavior         string `json:"behavior"`
		} `json:"fallback"`
		Advanced struct {
			HorizontalPodAutoscalerConfig struct {
				Behavior *autoscalingv2.HorizontalPodAutoscalerBehavior `json:"behavior"`
				Name     string                                         `json:"name"`
			} `json:"horizontalPodAutoscalerConfig"`
			RestoreToOriginalReplicaCount bool `json:"restoreToOriginalReplicaCount"`
			ScalingModifiers              struct {
				Formula          string                         `json:"formula"`
				Target           string                         `json:"target"`
				ActivationTarget string                         `json:"activationTarget"`
				MetricType       autoscalingv2.MetricTargetType `json:"metricType"`
			} `json:"scalingModifiers"`
		} `json:"advanced"`
		Triggers []struct {
			Type       string       `json:"type"`
			Name       string       `json:"name"`
			MetricType string       `json:"metricType"`
			Metadata   jetStreamLag `json:"metadata"`
		} `json:"triggers"`
	} `json:"spec"`
}

// jetStreamLag is the metadata of KEDA's nats-jetstream scaler.
type jetStreamLag struct {
	Endpoint   string `json:"natsServerMonitoringEndpoint"`
	Account    string `json:"account"`
	Stream     string `json:"stream"`
	Consumer   string `json:"consumer"`
	Lag        string `json:"lagThreshold"`
	Activation string `json:"activationLagThreshold"`
	UseHTTPS   string `json:"useHttps"`
}
