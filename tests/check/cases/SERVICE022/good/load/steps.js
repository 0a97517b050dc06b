exports.steps = [];
