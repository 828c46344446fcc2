// What a typed client reads and writes. It is compiled, not run: the types are the test.
import createClient from "openapi-fetch";
import type { components, paths } from "./build/fairlead";

const api = createClient<paths>({ baseUrl: "http://localhost:5000" });

type Problem = components["schemas"]["Problem"];

/** Signs in and returns the access token. */
export async function signIn(email: string, password: string): Promise<string> {
  const { data, error } = await api.POST("/api/v1/auth/login", { body: { email, password, cookie: false } });
  if (error) {
    throw new Error(describe(error));
  }
  return data.access_token;
}

/** Moves a candidate's application to another stage, unless somebody else has moved it meanwhile. */
export async function move(applicationId: string, from: string, to: string): Promise<string> {
  const { data, error } = await api.POST("/api/v1/applications/{application_id}/move", {
    params: { path: { application_id: applicationId } },
    body: { from_stage_id: from, to_stage_id: to },
  });
  if (error) {
    return error.code === "stage_changed" ? "moved by somebody else" : describe(error);
  }
  return data.allowed_actions.includes("hire") ? "can be hired" : data.stage_name;
}

/** Returns the names and the first email addresses of the newest candidates. */
export async function newest(): Promise<string[]> {
  const { data } = await api.GET("/api/v1/candidates", { params: { query: { sort: "-created_at", limit: 10 } } });
  const found: string[] = [];
  for (const item of data?.data ?? []) {
    const { data: candidate } = await api.GET("/api/v1/candidates/{candidate_id}", {
      params: { path: { candidate_id: item.id } },
    });
    const email = candidate?.contacts?.find((contact) => contact.kind === "email");
    found.push(`${item.name} ${email?.value ?? ""}`);
  }
  return found;
}

/** Empties the headline: null is a value of its own, and fields that are left out stay. */
export async function clearHeadline(candidateId: string, etag: string): Promise<void> {
  await api.PATCH("/api/v1/candidates/{candidate_id}", {
    params: { path: { candidate_id: candidateId }, header: { "If-Match": etag } },
    body: { headline: null },
  });
  await api.PATCH("/api/v1/candidates/{candidate_id}", {
    params: { path: { candidate_id: candidateId } },
    // @ts-expect-error A candidate has a name.
    body: { name: null },
  });
}

function describe(problem: Problem): string {
  return `${problem.code}: ${problem.detail} ${problem.errors.map((error) => error.pointer).join(", ")}`;
}
