console.log("/health");
