"""Debian's python3-googleapi, through our discovery document: what it gets, as JSON. HEED_URL and HEED_KEY say where."""
import json
import os

from googleapiclient import discovery, errors

URL, KEY = os.environ["HEED_URL"], os.environ["HEED_KEY"]


def client(key):
    return discovery.build("commentanalyzer", "v1alpha1", developerKey=key, cache_discovery=False,
                           discoveryServiceUrl=URL + "/$discovery/rest?version=v1alpha1")


def told(request):
    try:
        return {"answer": request.execute()}
    except errors.HttpError as error:
        return {"status": error.resp.status, "message": error._get_reason(), "details": error.error_details}


def analyze(service, text, **more):
    body = {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, **more}
    return told(service.comments().analyze(body=body))


service = client(KEY)
print(json.dumps({
    "plain": analyze(service, "You are a wonderful person.", clientToken="t1", doNotStore=True),
    "spans": analyze(service, "Good morning \U0001f600. You are an idiot.", spanAnnotations=True, languages=["en"]),
    "threshold": analyze(service, "You are a wonderful person.", requestedAttributes={"TOXICITY": {"scoreThreshold": 0.99}, "INSULT": {"scoreThreshold": 0}}),
    "italian": analyze(service, "Buongiorno a tutti", languages=["it"]),
    "empty": analyze(service, ""),
    "suggested": told(service.comments().suggestscore(body={
        "comment": {"text": "You are a wonderful person."}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.0}}},
        "communityId": "Coral:https://site.example", "clientToken": "comment:c1"})),
    "fields": told(service.comments().analyze(fields="attributeScores", prettyPrint=False, quotaUser="q", body={
        "comment": {"text": "Good morning"}, "requestedAttributes": {"THREAT": {}}})),
    "stranger": analyze(client("a key that nobody gave out"), "Good morning"),
}))
