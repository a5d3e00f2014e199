// FlyteAdmin as released, with two things that a test stack without Kubernetes needs: executions are accepted without a
// cluster (their phases are posted as events), and every port is opened on the loopback interface only.
package main

import (
	"context"
	"os"

	"github.com/flyteorg/flyte/flyteadmin/cmd/entrypoints"
	"github.com/flyteorg/flyte/flyteadmin/pkg/workflowengine/interfaces"
	"github.com/flyteorg/flyte/flyteadmin/plugins"
)

// acceptOnly is the workflow executor: an execution is stored and stays UNDEFINED until somebody posts an event.
type acceptOnly struct{}

func (acceptOnly) ID() string { return "accept-only" }

func (acceptOnly) Execute(context.Context, interfaces.ExecutionData) (interfaces.ExecutionResponse, error) {
	return interfaces.ExecutionResponse{}, nil
}

func (acceptOnly) Abort(context.Context, interfaces.AbortData) error { return nil }

func main() {
	registry := plugins.NewRegistry()
	if err := registry.Register(plugins.PluginIDWorkflowExecutor, acceptOnly{}); err != nil {
		panic(err)
	}
	if err := entrypoints.Execute(registry); err != nil {
		os.Exit(1)
	}
}
