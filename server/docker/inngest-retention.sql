-- The history that the job server (v1.45) keeps of runs which ended more than :days days ago. What has not ended stays,
-- however old it is: its rows have no finish, or a status that is not final.
create temporary table ended_runs as
select run_id from function_finishes where created_at < now() - make_interval(days => :days);
create temporary table ended_traces as
select run_id from trace_runs
where status in (50, 300, 400, 500, 600) -- overflowed, completed, failed, cancelled, skipped
  and ended_at < (extract(epoch from now() - make_interval(days => :days)) * 1000)::bigint;

delete from history using ended_runs where history.run_id = ended_runs.run_id;
delete from function_runs using ended_runs where function_runs.run_id = ended_runs.run_id;
delete from function_finishes using ended_runs where function_finishes.run_id = ended_runs.run_id;

delete from spans using ended_traces where spans.run_id = ended_traces.run_id;
delete from traces using ended_traces where traces.run_id = ended_traces.run_id;
delete from event_batches using ended_traces where event_batches.run_id = ended_traces.run_id;
delete from trace_runs using ended_traces where trace_runs.run_id = ended_traces.run_id;

delete from events
where received_at < now() - make_interval(days => :days)
  and not exists (
    select from function_runs left join function_finishes using (run_id)
    where function_runs.event_id = events.internal_id and function_finishes.run_id is null
  );
