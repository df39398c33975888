// Evaluates the Jenkinsfile with stand-ins for Jenkins' steps: what runs for a change and what for the timer.
//
//   groovy tests/jenkins/evaluate.groovy ci/jenkins/Jenkinsfile

class Jenkins {
    boolean timer
    List<String> failing = []
    List<String> log = []
    boolean failed = false
    boolean wanted
    String any = 'any'

    def run(Closure block) {
        block.delegate = this
        block.resolveStrategy = Closure.DELEGATE_FIRST
        block()
    }

    def pipeline(Closure block) { run(block) }
    def agent(kind) {}
    def triggers(Closure block) { run(block) }
    def cron(String times) { log << 'cron' }
    def stages(Closure block) { run(block) }
    def stage(String name, Closure block) { wanted = !failed; run(block) }
    def when(Closure block) { wanted = wanted && run(block) }
    def not(Closure block) { !run(block) }
    def triggeredBy(String cause) { assert cause == 'TimerTrigger'; timer }
    def steps(Closure block) { if (wanted) { run(block) } }
    def sh(String command) { log << command; if (command in failing) { failed = true } }
    def post(Closure block) { run(block) }
    def always(Closure block) { run(block) }
    def cleanup(Closure block) { run(block) }
    def junit(Map settings) { log << "junit ${settings.testResults}".toString() }
    def archiveArtifacts(Map settings) { log << "keep ${settings.artifacts}".toString() }
}

def logOf = { boolean timer, List<String> failing ->
    def jenkins = new Jenkins(timer: timer, failing: failing)
    def script = new GroovyShell().parse(new File(args[0]))
    script.metaClass.pipeline = { Closure block -> jenkins.pipeline(block) }
    script.run()
    [jenkins.log, jenkins.failed]
}
def after = ['junit licgraph-reports/licgraph.xml', 'keep licgraph-reports/**, license-review.md',
             'rm -rf licgraph-reports license-review.md']
assert logOf(false, []) == [['cron', 'licgraph-ci.sh'] + after, false]
assert logOf(false, ['licgraph-ci.sh']) == [['cron', 'licgraph-ci.sh'] + after, true]
assert logOf(true, []) == [['cron', 'licgraph review --output license-review.md'] + after, false]
println 'all well'
